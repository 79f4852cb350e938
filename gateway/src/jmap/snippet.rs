//! SearchSnippet (RFC 8621 §5).

use serde::Deserialize;
use serde_json::{Value, json};
use tornister_formats::mime::Message;
use tornister_protocol::{
    core::MethodErrorKind,
    id::{AccountId, BlobId},
};

use super::{
    limits::MAX_OBJECTS_IN_GET,
    method::{Answer, Call, backend_error, bare, error},
    standard::filter,
};
use crate::backend::{
    EMAIL_CONDITIONS, EmailCondition, Filter, Operator, Wanted,
    select::text,
    words::{Term, matches, terms},
};

/// Octets of a preview.
const MAX_PREVIEW: usize = 255;
/// Octets of text before the first match.
const BEFORE: usize = 60;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SnippetArgs {
    account_id: AccountId,
    filter: Option<Value>,
    email_ids: Vec<String>,
}

/// What a filter looks for in subjects and in bodies.
#[derive(Default)]
struct Sought {
    subject: Vec<Term>,
    body: Vec<Term>,
}

/// SearchSnippet/get.
pub async fn get(call: Call<'_>) -> Answer {
    let args: SnippetArgs = call.parse()?;
    if args.email_ids.len() > MAX_OBJECTS_IN_GET {
        return Err(error(MethodErrorKind::RequestTooLarge, format!("at most {MAX_OBJECTS_IN_GET} ids")));
    }
    let account = call.account(&args.account_id)?;
    let mail = account.access.sources().mail.as_ref();
    let mail = mail.ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let mut sought = Sought::default();
    if let Some(filter) = filter::<EmailCondition>(args.filter.as_ref(), &EMAIL_CONDITIONS)? {
        gather(&filter, &mut sought);
    }
    let wanted = Wanted {
        ids: Some(args.email_ids),
        properties: Some(["id", "blobId", "subject"].map(str::to_owned).to_vec()),
        options: Default::default(),
        at_most: MAX_OBJECTS_IN_GET,
    };
    let found = mail.emails.get(&wanted).await.map_err(backend_error)?;
    let mut list = Vec::new();
    for email in &found.list {
        let subject = text(email, "subject");
        let preview = if sought.body.is_empty() {
            None
        } else {
            let raw = mail.blobs.blob(&BlobId::from(text(email, "blobId"))).await.map_err(backend_error)?;
            let terms = sought.body.clone();
            let read = move || raw.and_then(|raw| preview(&Message::parse(&raw).readable(), &terms));
            tokio::task::spawn_blocking(read).await.map_err(|_| bare(MethodErrorKind::ServerFail))?
        };
        let places = matches(subject, &sought.subject);
        let subject = (!places.is_empty()).then(|| marked(subject, &places, usize::MAX));
        list.push(json!({ "emailId": text(email, "id"), "subject": subject, "preview": preview }));
    }
    let not_found = Some(found.not_found).filter(|ids| !ids.is_empty());
    Ok(json!({ "accountId": args.account_id, "list": list, "notFound": not_found }))
}

/// What must not be there is not looked for.
fn gather(filter: &Filter<EmailCondition>, sought: &mut Sought) {
    match filter {
        Filter::Operator { operator: Operator::Not, .. } => {}
        Filter::Operator { conditions, .. } => conditions.iter().for_each(|inner| gather(inner, sought)),
        Filter::Condition(condition) => {
            let both = condition.text.as_deref().map(terms).unwrap_or_default();
            sought.subject.extend(condition.subject.as_deref().map(terms).unwrap_or_default());
            sought.body.extend(condition.body.as_deref().map(terms).unwrap_or_default());
            sought.subject.extend(both.iter().cloned());
            sought.body.extend(both);
        }
    }
}

/// The text around the first match.
fn preview(body: &str, terms: &[Term]) -> Option<String> {
    let line = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let places = matches(&line, terms);
    let (first, _) = *places.first()?;
    let mut start = line.floor_char_boundary(first.saturating_sub(BEFORE));
    if start > 0 {
        start = line[start..first].find(' ').map_or(first, |space| start + space + 1);
    }
    let places: Vec<(usize, usize)> =
        places.into_iter().map(|(from, to)| (from.saturating_sub(start), to.saturating_sub(start))).collect();
    Some(marked(&line[start..], &places, MAX_PREVIEW))
}

/// As HTML, with the matches marked, in at most so many octets.
fn marked(text: &str, places: &[(usize, usize)], max: usize) -> String {
    const MARK: (&str, &str) = ("<mark>", "</mark>");
    let mut html = String::new();
    let mut at = 0;
    for &(start, end) in places {
        let matched = escaped(&text[start..end]);
        if !push_escaped(&mut html, &text[at..start], max)
            || html.len() + matched.len() + MARK.0.len() + MARK.1.len() > max
        {
            return html;
        }
        html.push_str(MARK.0);
        html.push_str(&matched);
        html.push_str(MARK.1);
        at = end;
    }
    push_escaped(&mut html, &text[at..], max);
    html
}

/// Adds characters for as long as there is room; answers whether there was room for all.
fn push_escaped(html: &mut String, text: &str, max: usize) -> bool {
    for character in text.chars() {
        let escaped = escaped(character.encode_utf8(&mut [0; 4]));
        if html.len() + escaped.len() > max {
            return false;
        }
        html.push_str(&escaped);
    }
    true
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
