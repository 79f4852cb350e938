//! An Email object becomes a message (RFC 8621 §4.6).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tornister_formats::mime::{Draft, Field, Part, compose};
use tornister_protocol::{
    core::{MethodError, MethodErrorKind},
    id::BlobId,
};

use super::{
    headers::Fields,
    parts::{Sources, assemble, each_blob, part},
    set::{keywords, mailboxes},
};
use crate::{
    backend::{BackendError, NewEmail, Object, Refusal, RefusalKind, moment::Moment},
    environment::Environment,
    jmap::{
        limits::MAX_SIZE_ATTACHMENTS,
        method::{backend_error, bare},
        standard::{Creating, creation, no_such_path, typed},
    },
};

/// The properties that a body is made of.
const BODY: [&str; 4] = ["bodyStructure", "textBody", "htmlBody", "attachments"];

/// Understands a new Email.
pub async fn create(
    creating: &Creating<'_>,
    mut object: Object,
) -> Result<Result<NewEmail, Refusal>, MethodError> {
    let mut named = Vec::new();
    let mut renamed = Vec::new();
    each_body(&mut object, &mut |property, id| {
        named.push(BlobId::from(id.as_str()));
        if !renamed.contains(&property) {
            renamed.push(property);
        }
    });
    let blobs = match fetch(creating, named).await? {
        Ok(blobs) => blobs,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sources = Sources::read(object.remove("bodyValues"), blobs);
    let (bytes, now) = (seed(creating.environment)?, creating.environment.clock.now().to_string());
    Ok(message(object, sources, &bytes, &now).map(|new| NewEmail { renamed, ..new }))
}

/// Puts the ids of blobs where `#key` stands for what an earlier call uploaded (RFC 9404 §4.1).
pub fn resolve_blobs(object: &mut Object, known: &BTreeMap<String, String>) {
    each_body(object, &mut |_, id| *id = creation::resolve(id, known));
}

/// Each blob id of each property that a body is made of.
fn each_body(object: &mut Object, visit: &mut impl FnMut(&'static str, &mut String)) {
    for property in BODY {
        match object.get_mut(property) {
            Some(Value::Array(parts)) => {
                parts.iter_mut().for_each(|part| each_blob(part, &mut |id| visit(property, id)));
            }
            Some(part) => each_blob(part, &mut |id| visit(property, id)),
            None => {}
        }
    }
}

/// The bytes of all blobs, where all are there and not too many.
async fn fetch(
    creating: &Creating<'_>,
    named: Vec<BlobId>,
) -> Result<Result<BTreeMap<BlobId, Vec<u8>>, Refusal>, MethodError> {
    let mail = creating.account.access.sources().mail.as_ref();
    let mail = mail.ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let mut blobs = BTreeMap::new();
    let mut missing = BTreeSet::new();
    let mut size = 0;
    for id in named {
        match mail.blobs.blob(&id).await.map_err(backend_error)? {
            Some(bytes) => {
                size += bytes.len();
                blobs.insert(id, bytes);
            }
            None => {
                missing.insert(id.to_string());
            }
        }
        if size > MAX_SIZE_ATTACHMENTS {
            let refusal = Refusal::new(RefusalKind::TooLarge, "too many bytes of attachments");
            return Ok(Err(refusal.with("maxSize", MAX_SIZE_ATTACHMENTS)));
        }
    }
    if missing.is_empty() {
        return Ok(Ok(blobs));
    }
    let missing: Vec<String> = missing.into_iter().collect();
    Ok(Err(Refusal::bare(RefusalKind::BlobNotFound).with("notFound", missing)))
}

/// Sixteen random bytes as text.
fn seed(environment: &Environment) -> Result<String, MethodError> {
    let mut bytes = [0; 16];
    let filled = environment.random.fill(&mut bytes).map_err(BackendError::from);
    filled.map_err(backend_error)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn message(
    mut object: Object,
    sources: Result<Sources, Refusal>,
    seed: &str,
    now: &str,
) -> Result<NewEmail, Refusal> {
    let mailboxes = mailboxes(&object.remove("mailboxIds").unwrap_or(Value::Null));
    let keywords = match object.remove("keywords") {
        None | Some(Value::Null) => Ok(BTreeSet::new()),
        Some(value) => keywords(&value),
    };
    let received_at = match object.remove("receivedAt") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => typed::<Moment>("receivedAt", &value).map(|moment| Some(moment.0)),
    };
    let mut fields = Fields::default();
    let taken = fields.take_all(&mut object);
    let content = without_content_fields(&fields);
    let body = sources.and_then(|sources| body(&mut object, &sources, &fields));
    let known = [mailboxes.as_ref().err(), keywords.as_ref().err(), received_at.as_ref().err()];
    let fields_and_body = [taken.as_ref().err(), content.as_ref().err(), body.as_ref().err()];
    let wrong = known.into_iter().chain(fields_and_body).flatten().cloned();
    let unknown = object.keys().filter(|name| !BODY.contains(&name.as_str()));
    Refusal::all(wrong.chain(unknown.map(|name| no_such_path(name))))?;
    let (mailboxes, keywords, received_at, body) = (mailboxes?, keywords?, received_at?, body?);
    let mut headers = fields.list;
    // The outermost part's fields are the message's, too.
    let has = |headers: &[(String, Field)], name: &str| {
        headers.iter().chain(&body.headers).any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    if !has(&headers, "Date") {
        headers.insert(0, ("Date".to_owned(), Field::Date(now.to_owned())));
    }
    if !has(&headers, "Message-ID") {
        let id = format!("{seed}@{}", domain(&headers));
        headers.push(("Message-ID".to_owned(), Field::MessageIds(vec![id])));
    }
    let raw = compose(Draft { headers, body, boundary: seed.to_owned() });
    Ok(NewEmail { raw, mailboxes, keywords, received_at, renamed: Vec::new() })
}

fn without_content_fields(fields: &Fields) -> Result<(), Refusal> {
    let names = fields.list.iter().map(|(name, _)| name);
    let of_parts = names.filter(|name| name.to_lowercase().starts_with("content-"));
    Refusal::all(
        of_parts
            .map(|name| Refusal::property(&format!("header:{name}"), "Content- fields stand on body parts")),
    )
}

/// The author's domain, for the Message-ID.
fn domain(headers: &[(String, Field)]) -> String {
    let from = headers.iter().find_map(|(name, field)| match field {
        Field::Addresses(list) if name.eq_ignore_ascii_case("From") => list.first(),
        _ => None,
    });
    let domain = from.and_then(|from| from.email.rsplit_once('@')).map(|(_, domain)| domain);
    domain.filter(|domain| !domain.is_empty()).unwrap_or("localhost").to_owned()
}

fn body(object: &mut Object, sources: &Sources, fields: &Fields) -> Result<Part, Refusal> {
    let mut take = |name: &str| object.remove(name).filter(|value| !value.is_null());
    let structure = take("bodyStructure");
    let lists = ["textBody", "htmlBody", "attachments"].map(|name| (name, take(name)));
    if let Some(structure) = structure {
        let beside = lists.iter().filter(|(_, list)| list.is_some());
        Refusal::all(beside.map(|(name, _)| Refusal::property(name, "does not go with 'bodyStructure'")))?;
        return part("bodyStructure", typed("bodyStructure", &structure)?, sources, fields, 0);
    }
    let nothing = Fields::default();
    let read = |(name, list): (&str, Option<Value>)| {
        let list: Option<Vec<Object>> = list.map(|list| typed(name, &list)).transpose()?;
        let list = list.map(|list| list.into_iter().map(|object| part(name, object, sources, &nothing, 0)));
        list.map(Iterator::collect::<Result<Vec<Part>, _>>).transpose()
    };
    let [text, html, attachments] = lists.map(read);
    let text = text.and_then(|list| single("textBody", list, "text/plain"));
    let html = html.and_then(|list| single("htmlBody", list, "text/html"));
    let wrong = [text.as_ref().err(), html.as_ref().err(), attachments.as_ref().err()];
    Refusal::all(wrong.into_iter().flatten().cloned())?;
    let (text, html, attachments) = (text?, html?, attachments?.unwrap_or_default());
    Ok(assemble(text, html, attachments))
}

/// Exactly one part of this type, where the list is given.
fn single(name: &str, list: Option<Vec<Part>>, media_type: &str) -> Result<Option<Part>, Refusal> {
    let Some(mut list) = list else { return Ok(None) };
    if list.len() != 1 || list.iter().any(|part| part.media_type != media_type) {
        return Err(Refusal::property(name, &format!("exactly one part, of type {media_type}")));
    }
    Ok(list.pop())
}
