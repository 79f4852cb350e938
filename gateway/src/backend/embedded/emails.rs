//! One Email in its tables: membership in mailboxes, keywords, and the object that JMAP answers.

use std::collections::BTreeSet;

use futures_util::future::join;
use serde_json::{Value, json};
use tornister_formats::mime::Message;
use tornister_protocol::{id::BlobId, mail::Email, time::UtcDate};

use super::{
    blobs,
    change::{Change, Item},
    counters::{self, Shares},
    email_search::{self, Searched},
    threads,
};
use crate::backend::{BackendError, Kind as _, Object, email};

/// Threads whose mails change, and whose objects and counters have to follow.
#[derive(Default)]
pub struct Touched {
    threads: BTreeSet<String>,
    /// Threads that win or lose a mail.
    rewritten: BTreeSet<String>,
    /// What the mails of all these threads added to the counters of mailboxes.
    before: Shares,
}

impl Touched {
    /// Mails of these threads are about to change.
    pub async fn threads(
        &mut self,
        change: &mut Change,
        scope: &str,
        threads: impl IntoIterator<Item = &str>,
    ) -> Result<(), BackendError> {
        let new: BTreeSet<&str> =
            threads.into_iter().filter(|thread| !self.threads.contains(*thread)).collect();
        for (mailbox, counts) in counters::shares(change, scope, &new).await? {
            let sum = self.before.entry(mailbox).or_default();
            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        self.threads.extend(new.into_iter().map(str::to_owned));
        Ok(())
    }

    /// A mail joins or leaves this thread.
    pub fn membership(&mut self, thread: &str) {
        self.rewritten.insert(thread.to_owned());
    }

    /// Brings threads and counters up to date.
    pub async fn settle(self, change: &mut Change, scope: &str) -> Result<(), BackendError> {
        threads::rewrite(change, scope, &self.rewritten).await?;
        let threads = self.threads.iter().map(String::as_str).collect();
        let after = counters::shares(change, scope, &threads).await?;
        counters::settle(change, scope, &self.before, &after).await
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

/// A message, read: all that is stored of it besides its bytes. Reading takes a while; it needs no database.
#[derive(Debug)]
pub struct Read {
    /// Names the bytes.
    pub blob_id: BlobId,
    /// Decoded; empty where there is none.
    pub subject: String,
    /// The sender's name for it.
    pub message_id: Option<String>,
    thread_keys: Vec<String>,
    envelope: Object,
    /// None where that is made later.
    searched: Option<Searched>,
}

impl Read {
    /// Reads a message.
    #[must_use]
    pub fn parse(raw: &[u8]) -> Self {
        let message = Message::parse(raw);
        let searched = Searched::of(&message);
        Self { searched: Some(searched), ..Self::without_words(message, raw) }
    }

    /// What is stored at once of a message that was read from these bytes. It becomes searchable later (`searchable`).
    #[must_use]
    pub fn without_words(message: Message, raw: &[u8]) -> Self {
        Self {
            blob_id: blobs::id(raw),
            thread_keys: threads::keys(&message),
            envelope: email::envelope(&message),
            searched: None,
            message_id: message.message_id.and_then(|ids| ids.into_iter().next()),
            subject: message.subject.unwrap_or_default(),
        }
    }
}

/// A mail that is not stored yet.
pub struct New<'m> {
    /// Its id.
    pub id: &'m str,
    /// Its bytes.
    pub raw: &'m [u8],
    /// The same, read.
    pub read: &'m Read,
    /// When it came.
    pub received_at: UtcDate,
    /// Where it will be.
    pub mailboxes: &'m BTreeSet<String>,
    /// With which keywords.
    pub keywords: &'m BTreeSet<String>,
}

/// Stores new mails: bytes, threads, objects, and words where they were read. Answers their threads.
pub async fn add_all(
    change: &mut Change,
    scope: &str,
    new: &[New<'_>],
    touched: &mut Touched,
) -> Result<Vec<String>, BackendError> {
    let keys: Vec<_> = new.iter().map(|mail| (mail.id, mail.read.thread_keys.as_slice())).collect();
    let threads = threads::assign(change, scope, &keys).await?;
    touched.threads(change, scope, threads.iter().map(String::as_str)).await?;
    threads.iter().for_each(|thread| touched.membership(thread));
    let blobs: Vec<_> = new.iter().map(|mail| (&mail.read.blob_id, mail.raw)).collect();
    // The bytes are most of what is written; while SQLite is busy with them, the rest is prepared.
    let prepare =
        async { new.iter().zip(&threads).map(|(mail, thread)| item(mail, thread)).collect::<Vec<_>>() };
    let (stored, items) = join(blobs::store_all(change, &blobs), prepare).await;
    stored?;
    let insert = "INSERT INTO email (scope, id, blob_id, thread_id, received_at, size, message_id) ";
    let rows: Vec<_> = new.iter().zip(&threads).collect();
    change
        .insert_all(insert, "", &rows, |row, (mail, thread)| {
            row.push_bind(scope).push_bind(mail.id).push_bind(mail.read.blob_id.as_str());
            row.push_bind(thread.as_str()).push_bind(mail.received_at.to_string());
            row.push_bind(i64::try_from(mail.raw.len()).unwrap_or(i64::MAX));
            row.push_bind(mail.read.message_id.as_deref());
        })
        .await?;
    let searched: Vec<_> =
        new.iter().filter_map(|mail| Some((mail.id, mail.read.searched.as_ref()?))).collect();
    email_search::add_all(change, scope, &searched).await?;
    let mailboxes: Vec<_> =
        new.iter().flat_map(|mail| mail.mailboxes.iter().map(|mailbox| (mail.id, mailbox))).collect();
    let keywords: Vec<_> =
        new.iter().flat_map(|mail| mail.keywords.iter().map(|keyword| (mail.id, keyword))).collect();
    for (insert, rows) in [
        ("INSERT INTO email_mailbox (scope, email_id, mailbox_id) ", mailboxes),
        ("INSERT INTO email_keyword (scope, email_id, keyword) ", keywords),
    ] {
        change
            .insert_all(insert, "", &rows, |row, (id, value)| {
                row.push_bind(scope).push_bind(*id).push_bind(value.as_str());
            })
            .await?;
    }
    change.put_many(scope, Email::NAME, &items).await?;
    Ok(threads)
}

/// What JMAP answers of a new mail.
fn item<'m>(mail: &New<'m>, thread: &str) -> (&'m str, Item) {
    let mut object = mail.read.envelope.clone();
    for (name, value) in [
        ("id", json!(mail.id)),
        ("blobId", json!(mail.read.blob_id)),
        ("threadId", json!(thread)),
        ("receivedAt", json!(mail.received_at)),
        ("mailboxIds", set_value(mail.mailboxes)),
        ("keywords", set_value(mail.keywords)),
    ] {
        object.insert(name.to_owned(), value);
    }
    (mail.id, Item::plain(object))
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
        "INSERT INTO discarded (scope, id)
         SELECT scope, 'E' || substr(blob_id, 2, 32) FROM email JOIN imported USING (scope, id)
         WHERE scope = ?1 AND id = ?2 ON CONFLICT DO NOTHING",
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
    touched.threads(change, scope, [thread.as_str()]).await?;
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
