//! What queries sort and filter mails by, kept beside the mails, and the index of their words.

use serde_json::json;
use tornister_formats::mime::{self, Message};
use tornister_protocol::mail::EmailAddress;

use super::{change::Change, threads::base_subject};
use crate::backend::{
    BackendError,
    collation::casemap,
    words::{Term, folded},
};

/// More of one field is not searched.
const MAX_FIELD: usize = 2000;

/// Adds a mail.
pub async fn add(change: &mut Change, scope: &str, id: &str, message: &Message) -> Result<(), BackendError> {
    let headers = message.headers.iter().map(|header| {
        let value: String = mime::text(&header.value).to_lowercase().chars().take(MAX_FIELD).collect();
        json!([header.name.to_lowercase(), value])
    });
    let headers: Vec<serde_json::Value> = headers.collect();
    let subject = message.subject.as_deref().unwrap_or_default();
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO email_search
             (scope, email_id, has_attachment, sent_at, subject_key, from_key, to_key, headers)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING number",
    )
    .bind(scope)
    .bind(id)
    .bind(message.has_attachment)
    .bind(message.sent_at_utc.map(|date| date.to_string()).unwrap_or_default())
    .bind(casemap(base_subject(subject)))
    .bind(first(message.from.as_deref()))
    .bind(first(message.to.as_deref()))
    .bind(serde_json::to_string(&headers)?)
    .fetch_one(&mut *change.transaction)
    .await?;
    sqlx::query(
        "INSERT INTO email_words (rowid, owner, sender, recipient, copied, hidden, subject, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(number)
    .bind(owner(scope))
    .bind(people(message.from.as_deref()))
    .bind(people(message.to.as_deref()))
    .bind(people(message.cc.as_deref()))
    .bind(people(message.bcc.as_deref()))
    .bind(folded(subject))
    .bind(folded(&message.readable()))
    .execute(&mut *change.transaction)
    .await?;
    Ok(())
}

/// Takes a mail out.
pub async fn remove(change: &mut Change, scope: &str, id: &str) -> Result<(), BackendError> {
    let number: Option<i64> =
        sqlx::query_scalar("DELETE FROM email_search WHERE scope = ?1 AND email_id = ?2 RETURNING number")
            .bind(scope)
            .bind(id)
            .fetch_optional(&mut *change.transaction)
            .await?;
    if let Some(number) = number {
        sqlx::query("DELETE FROM email_words WHERE rowid = ?1")
            .bind(number)
            .execute(&mut *change.transaction)
            .await?;
    }
    Ok(())
}

/// Takes everything of a scope out.
pub async fn forget(change: &mut Change, scope: &str) -> Result<(), BackendError> {
    for delete in [
        "DELETE FROM email_words WHERE rowid IN (SELECT number FROM email_search WHERE scope = ?1)",
        "DELETE FROM email_search WHERE scope = ?1",
    ] {
        sqlx::query(delete).bind(scope).execute(&mut *change.transaction).await?;
    }
    Ok(())
}

/// Adds the mails that an earlier version stored without it.
pub async fn add_missing(change: &mut Change) -> Result<(), BackendError> {
    let missing: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT e.scope, e.id, e.blob_id FROM email e WHERE NOT EXISTS (
             SELECT 1 FROM email_search s WHERE s.scope = e.scope AND s.email_id = e.id)",
    )
    .fetch_all(&mut *change.transaction)
    .await?;
    for (scope, id, blob_id) in missing {
        let raw: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM blob WHERE id = ?1")
            .bind(blob_id)
            .fetch_optional(&mut *change.transaction)
            .await?;
        add(change, &scope, &id, &Message::parse(&raw.unwrap_or_default())).await?;
    }
    Ok(())
}

/// One word that names a scope: it is looked for together with what is looked for in it.
pub fn owner(scope: &str) -> String {
    scope.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// What a term is for the word index. Folded words have no quotes.
pub fn phrase(term: &Term) -> String {
    format!("\"{}\"{}", term.words.join(" "), if term.is_prefix { " *" } else { "" })
}

fn first(list: Option<&[EmailAddress]>) -> String {
    list.and_then(<[EmailAddress]>::first).map(|first| casemap(first.display_name())).unwrap_or_default()
}

fn people(list: Option<&[EmailAddress]>) -> String {
    let people = list.unwrap_or_default().iter();
    let people: Vec<String> = people
        .map(|person| format!("{} {}", person.name.as_deref().unwrap_or_default(), person.email))
        .collect();
    folded(&people.join(" "))
}
