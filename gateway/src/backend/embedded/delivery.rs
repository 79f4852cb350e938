//! Mail that has waited long enough to be taken back goes to those who shall get it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tornister_formats::mime::{self, Content, Draft, Field, Message, Part};
use tornister_protocol::{
    mail::{EmailAddress, Mailbox, keyword, role},
    time::UtcDate,
};

use super::{
    EmbeddedSchool,
    change::{Change, Item},
    emails::{self, Touched},
    identity_write::SINGLETON,
    state::{derived_id, hex},
    user_scope,
};
use crate::{
    backend::{
        BackendError, Kind as _,
        select::text,
        submission::{EmailSubmission, VacationResponse},
    },
    digest::sha256,
};

/// Nobody is told of the same absence more often (RFC 3834 §2).
const TELL_AGAIN_AFTER: i64 = 7 * 24 * 60 * 60;

/// A row of `outgoing`.
#[derive(sqlx::FromRow)]
struct Outgoing {
    scope: String,
    id: String,
    blob_id: String,
    recipients: String,
    sender: String,
}

impl EmbeddedSchool {
    /// Delivers everything whose time has come.
    ///
    /// # Errors
    /// See [`BackendError`]: the first one; what was not delivered stays for the next time, everything else is.
    pub async fn deliver_due(&self) -> Result<(), BackendError> {
        let now = self.environment.clock.now();
        let seconds = self.environment.clock.unix_seconds();
        let due: Vec<Outgoing> = {
            let mut moment = self.database.read().await?;
            sqlx::query_as(
                "SELECT scope, id, blob_id, recipients, sender FROM outgoing WHERE due <= ?1 ORDER BY due",
            )
            .bind(seconds)
            .fetch_all(&mut *moment)
            .await?
        };
        let mut first_failure = Ok(());
        for mail in due {
            // One that fails does not hold up those behind it.
            let delivered = self.deliver_one(&mail, now, seconds).await;
            first_failure = first_failure.and(delivered);
        }
        first_failure
    }

    /// In a transaction of its own: who sends much does not hold up others.
    async fn deliver_one(&self, mail: &Outgoing, now: UtcDate, seconds: i64) -> Result<(), BackendError> {
        let mut change = Change::begin(&self.database, seconds).await?;
        if deliver(&mut change, mail, now).await? {
            change.commit().await?;
        }
        Ok(())
    }
}

/// Answers whether it was still there.
async fn deliver(change: &mut Change, mail: &Outgoing, now: UtcDate) -> Result<bool, BackendError> {
    let taken = sqlx::query("DELETE FROM outgoing WHERE scope = ?1 AND id = ?2")
        .bind(&mail.scope)
        .bind(&mail.id)
        .execute(&mut *change.transaction)
        .await?;
    if taken.rows_affected() == 0 {
        return Ok(false);
    }
    let raw: Vec<u8> = sqlx::query_scalar("SELECT bytes FROM blob WHERE id = ?1")
        .bind(&mail.blob_id)
        .fetch_one(&mut *change.transaction)
        .await?;
    // RFC 8621 §7.5: those in Bcc are not told to the others.
    let content = mime::without_field(&raw, "Bcc");
    let recipients: Vec<String> = serde_json::from_str(&mail.recipients)?;
    let mut status = serde_json::Map::new();
    // One mailbox may be named twice, also by two addresses.
    let mut served = BTreeSet::new();
    for recipient in recipients {
        let login: Option<String> = sqlx::query_scalar("SELECT login FROM person WHERE email = lower(?1)")
            .bind(&recipient)
            .fetch_optional(&mut *change.transaction)
            .await?;
        let (reply, delivered) = match login {
            Some(login) => {
                let scope = user_scope(&login);
                if served.insert(login) {
                    put_into_inbox(change, &scope, &mail.id, &mail.sender, &recipient, &content, now).await?;
                    tell_absence(change, &scope, &recipient, mail, &content, now).await?;
                }
                ("250 2.1.5 delivered", "yes")
            }
            None => ("550 5.1.1 nobody has this address any more", "no"),
        };
        status
            .insert(recipient, json!({ "smtpReply": reply, "delivered": delivered, "displayed": "unknown" }));
    }
    if let Some(mut object) = change.read(&mail.scope, EmailSubmission::NAME, &mail.id).await? {
        object.insert("undoStatus".to_owned(), json!("final"));
        object.insert("deliveryStatus".to_owned(), Value::Object(status));
        change.put(&mail.scope, EmailSubmission::NAME, &mail.id, &Item::plain(object)).await?;
    }
    Ok(true)
}

async fn put_into_inbox(
    change: &mut Change,
    scope: &str,
    submission: &str,
    sender: &str,
    recipient: &str,
    content: &[u8],
    now: UtcDate,
) -> Result<(), BackendError> {
    let inbox: Option<String> = sqlx::query_scalar(
        "SELECT id FROM object WHERE scope = ?1 AND type = ?2 AND destroyed IS NULL AND json ->> 'role' = ?3",
    )
    .bind(scope)
    .bind(Mailbox::NAME)
    .bind(role::INBOX)
    .fetch_optional(&mut *change.transaction)
    .await?;
    let Some(inbox) = inbox else { return Ok(()) };
    let date = now.0.and_utc().to_rfc2822();
    let trace = format!(
        "Return-Path: <{sender}>\r\nReceived: by tornister with JMAP id {submission}\r\n\tfor <{recipient}>; {date}\r\n"
    );
    let raw = [trace.as_bytes(), content].concat();
    let read = emails::Read::parse(&raw);
    let mut keywords = BTreeSet::new();
    if is_for_parents(change, &read.subject).await? {
        keywords.insert(keyword::FOR_PARENTS.to_owned());
    }
    let new = emails::New {
        id: &derived_id('E', &[scope, submission]),
        raw: &raw,
        read: &read,
        received_at: now,
        mailboxes: &BTreeSet::from([inbox]),
        keywords: &keywords,
    };
    let mut touched = Touched::default();
    emails::add_all(change, scope, &[new], &mut touched).await?;
    touched.settle(change, scope).await
}

/// The setting with the beginnings of subjects that mean the parents (R3).
pub const PARENTS_INFORMATION: &str = "parents-information";

async fn is_for_parents(change: &mut Change, subject: &str) -> Result<bool, BackendError> {
    let setting: Option<String> = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?1")
        .bind(PARENTS_INFORMATION)
        .fetch_optional(&mut *change.transaction)
        .await?;
    let beginnings: Vec<String> =
        setting.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default();
    Ok(beginnings.iter().any(|beginning| subject.trim_start().starts_with(beginning.as_str())))
}

/// Tells the sender that the recipient is away (RFC 8621 §8), as RFC 3834 wants it: never in answer to an
/// answer of a machine, not to somebody who wrote to others, and not again and again.
async fn tell_absence(
    change: &mut Change,
    scope: &str,
    recipient: &str,
    mail: &Outgoing,
    content: &[u8],
    now: UtcDate,
) -> Result<(), BackendError> {
    let Some(vacation) = change.read(scope, VacationResponse::NAME, SINGLETON).await? else { return Ok(()) };
    let bound = |name: &str| text(&vacation, name).parse::<UtcDate>().ok();
    let is_away = vacation["isEnabled"] == true
        && bound("fromDate").is_none_or(|from| now >= from)
        && bound("toDate").is_none_or(|to| now < to);
    let message = Message::parse(content);
    let is_automatic = message.header("Auto-Submitted").is_some_and(|value| value.trim() != "no");
    let mut named = [&message.to, &message.cc].into_iter().flatten().flatten();
    let is_named = named.any(|to| to.email.eq_ignore_ascii_case(recipient));
    if !is_away || is_automatic || !is_named || mail.sender.is_empty() || mail.scope == scope {
        return Ok(());
    }
    let told = sqlx::query(
        "INSERT INTO absence_told (scope, address, told) VALUES (?1, lower(?2), ?3)
         ON CONFLICT (scope, address) DO UPDATE SET told = excluded.told WHERE told < ?3 - ?4",
    )
    .bind(scope)
    .bind(&mail.sender)
    .bind(change.now)
    .bind(TELL_AGAIN_AFTER)
    .execute(&mut *change.transaction)
    .await?;
    if told.rows_affected() == 0 {
        return Ok(());
    }
    let answer = absence(&vacation, recipient, &mail.sender, &message, &mail.id, now);
    let id = format!("{}-{recipient}", mail.id);
    put_into_inbox(change, &mail.scope, &id, "", &mail.sender, &answer, now).await
}

fn absence(
    vacation: &crate::backend::Object,
    from: &str,
    to: &str,
    original: &Message,
    submission: &str,
    now: UtcDate,
) -> Vec<u8> {
    let optional = |name: &str| vacation.get(name).and_then(Value::as_str);
    let subject = original.subject.as_deref().unwrap_or_default();
    let subject = optional("subject").map_or_else(|| format!("Auto: {subject}"), str::to_owned);
    let html = optional("htmlBody").map(|html| Part::new("text/html", Content::Text(html.to_owned())));
    let plain = optional("textBody").map(str::to_owned);
    let plain = plain.or_else(|| html.is_none().then(|| "Ich bin gerade nicht da. / I am away.".to_owned()));
    let plain = plain.map(|plain| Part::new("text/plain", Content::Text(plain)));
    let body = match (plain, html) {
        (Some(plain), Some(html)) => Part::new("multipart/alternative", Content::Parts(vec![plain, html])),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => Part::new("text/plain", Content::Text(String::new())),
    };
    let seed = hex(&sha256(format!("{submission}\n{from}")))[..32].to_owned();
    let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let person = |email: &str| Field::Addresses(vec![EmailAddress { name: None, email: email.to_owned() }]);
    let mut headers = vec![
        ("From", person(from)),
        ("To", person(to)),
        ("Subject", Field::Text(subject)),
        ("Date", Field::Date(now.to_string())),
        ("Message-ID", Field::MessageIds(vec![format!("{seed}@{domain}")])),
        ("Auto-Submitted", Field::Raw("auto-replied".to_owned())),
    ];
    if let Some(ids) = &original.message_id {
        headers.push(("In-Reply-To", Field::MessageIds(ids.clone())));
        headers.push(("References", Field::MessageIds(ids.clone())));
    }
    let headers = headers.into_iter().map(|(name, field)| (name.to_owned(), field)).collect();
    mime::compose(Draft { headers, body, boundary: seed })
}
