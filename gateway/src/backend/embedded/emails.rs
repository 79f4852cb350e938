//! One Email in its tables: membership in mailboxes, keywords, and the object that JMAP answers.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tornister_formats::mime::Message;
use tornister_protocol::{mail::Email, time::UtcDate};

use super::{
    blobs,
    change::{Change, Item},
    counters, email_search, threads,
};
use crate::backend::{BackendError, Kind as _, Object, email};

/// Threads and mailboxes whose objects have to follow their mails.
#[derive(Default)]
pub struct Touched {
    threads: BTreeSet<String>,
    mailboxes: BTreeSet<String>,
    /// Threads that won or lost a mail.
    rewritten: BTreeSet<String>,
}

impl Touched {
    /// A mail of this thread changed; it was or is in these mailboxes.
    pub fn email<'m>(&mut self, thread: &str, mailboxes: impl IntoIterator<Item = &'m String>) {
        self.threads.insert(thread.to_owned());
        self.mailboxes.extend(mailboxes.into_iter().cloned());
    }

    /// A mail joined or left this thread.
    pub fn membership(&mut self, thread: &str) {
        self.rewritten.insert(thread.to_owned());
    }

    /// Brings threads and counters up to date.
    pub async fn settle(mut self, change: &mut Change, scope: &str) -> Result<(), BackendError> {
        threads::rewrite(change, scope, &self.rewritten).await?;
        let around = counters::mailboxes_of_threads(change, scope, &self.threads).await?;
        self.mailboxes.extend(around);
        counters::recount(change, scope, &self.mailboxes).await
    }
}

/// The mailboxes that a mail is in.
pub async fn mailboxes(change: &mut Change, scope: &str, id: &str) -> Result<BTreeSet<String>, BackendError> {
    let rows = sqlx::query_scalar("SELECT mailbox_id FROM email_mailbox WHERE scope = ?1 AND email_id = ?2");
    let rows: Vec<String> = rows.bind(scope).bind(id).fetch_all(&mut *change.transaction).await?;
    Ok(rows.into_iter().collect())
}

/// The keywords of a mail.
pub async fn keywords(change: &mut Change, scope: &str, id: &str) -> Result<BTreeSet<String>, BackendError> {
    let rows = sqlx::query_scalar("SELECT keyword FROM email_keyword WHERE scope = ?1 AND email_id = ?2");
    let rows: Vec<String> = rows.bind(scope).bind(id).fetch_all(&mut *change.transaction).await?;
    Ok(rows.into_iter().collect())
}

/// A mail that is not stored yet.
pub struct New<'m> {
    /// Its id.
    pub id: String,
    /// Its bytes.
    pub raw: &'m [u8],
    /// The same, read.
    pub message: &'m Message,
    /// When it came.
    pub received_at: UtcDate,
    /// Where it will be.
    pub mailboxes: &'m BTreeSet<String>,
    /// With which keywords.
    pub keywords: &'m BTreeSet<String>,
}

/// Stores a new mail: its bytes, its thread, its object. Answers the object without mailboxes and keywords.
pub async fn add(
    change: &mut Change,
    scope: &str,
    new: &New<'_>,
    touched: &mut Touched,
) -> Result<Object, BackendError> {
    let thread = threads::assign(change, scope, &new.id, new.message).await?;
    touched.email(&thread, new.mailboxes);
    touched.membership(&thread);
    let blob_id = blobs::store(change, new.raw).await?;
    sqlx::query(
        "INSERT INTO email (scope, id, blob_id, thread_id, received_at, size, message_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(scope)
    .bind(&new.id)
    .bind(blob_id.as_str())
    .bind(&thread)
    .bind(new.received_at.to_string())
    .bind(i64::try_from(new.raw.len()).unwrap_or(i64::MAX))
    .bind(new.message.message_id.as_ref().and_then(|ids| ids.first()))
    .execute(&mut *change.transaction)
    .await?;
    email_search::add(change, scope, &new.id, new.message).await?;
    let mut object = email::envelope(new.message);
    for (name, value) in [
        ("id", json!(new.id)),
        ("blobId", json!(blob_id)),
        ("threadId", json!(thread)),
        ("receivedAt", json!(new.received_at)),
    ] {
        object.insert(name.to_owned(), value);
    }
    store(change, scope, &new.id, object.clone(), new.mailboxes, new.keywords).await?;
    Ok(object)
}

/// Writes a mail's mailboxes and keywords, and the object with them. The row in `email` stands already.
pub async fn store(
    change: &mut Change,
    scope: &str,
    id: &str,
    mut object: Object,
    mailboxes: &BTreeSet<String>,
    keywords: &BTreeSet<String>,
) -> Result<(), BackendError> {
    for clear in [
        "DELETE FROM email_mailbox WHERE scope = ?1 AND email_id = ?2",
        "DELETE FROM email_keyword WHERE scope = ?1 AND email_id = ?2",
    ] {
        sqlx::query(clear).bind(scope).bind(id).execute(&mut *change.transaction).await?;
    }
    for (insert, values) in [
        (
            "INSERT INTO email_mailbox (scope, email_id, mailbox_id) SELECT ?1, ?2, value FROM json_each(?3)",
            mailboxes,
        ),
        (
            "INSERT INTO email_keyword (scope, email_id, keyword) SELECT ?1, ?2, value FROM json_each(?3)",
            keywords,
        ),
    ] {
        let values = serde_json::to_string(values)?;
        sqlx::query(insert).bind(scope).bind(id).bind(values).execute(&mut *change.transaction).await?;
    }
    object.insert("mailboxIds".to_owned(), set_value(mailboxes));
    object.insert("keywords".to_owned(), set_value(keywords));
    change.put(scope, Email::NAME, id, &Item::plain(object)).await?;
    Ok(())
}

/// Destroys a mail by its owner's wish: no import brings it back.
pub async fn discard(
    change: &mut Change,
    scope: &str,
    id: &str,
    touched: &mut Touched,
) -> Result<(), BackendError> {
    sqlx::query(
        "INSERT INTO discarded (scope, id) SELECT scope, id FROM imported WHERE scope = ?1 AND id = ?2
         ON CONFLICT DO NOTHING",
    )
    .bind(scope)
    .bind(id)
    .execute(&mut *change.transaction)
    .await?;
    destroy(change, scope, id, touched).await
}

/// Destroys a mail.
pub async fn destroy(
    change: &mut Change,
    scope: &str,
    id: &str,
    touched: &mut Touched,
) -> Result<(), BackendError> {
    let thread: Option<String> =
        sqlx::query_scalar("SELECT thread_id FROM email WHERE scope = ?1 AND id = ?2")
            .bind(scope)
            .bind(id)
            .fetch_optional(&mut *change.transaction)
            .await?;
    let Some(thread) = thread else { return Ok(()) };
    touched.email(&thread, &mailboxes(change, scope, id).await?);
    touched.membership(&thread);
    for delete in [
        "DELETE FROM email WHERE scope = ?1 AND id = ?2",
        "DELETE FROM imported WHERE scope = ?1 AND id = ?2",
    ] {
        sqlx::query(delete).bind(scope).bind(id).execute(&mut *change.transaction).await?;
    }
    email_search::remove(change, scope, id).await?;
    change.destroy(scope, Email::NAME, id).await
}

fn set_value(names: &BTreeSet<String>) -> Value {
    Value::Object(names.iter().map(|name| (name.clone(), Value::Bool(true))).collect())
}
