//! Bytes: of mails, their parts, and what somebody uploaded. Each is stored once, under its SHA-256; who
//! may read it is asked each time.

use async_trait::async_trait;
use sqlx::SqliteConnection;
use tornister_formats::mime::{BodyPart, Message};
use tornister_protocol::id::BlobId;

use super::{change::Change, state::hex, view::View};
use crate::{
    backend::{BackendError, Blobs, Holder, email},
    digest::sha256,
};

/// What nothing holds.
const UNHELD: &str = "id NOT IN (SELECT blob_id FROM email) AND id NOT IN (SELECT blob_id FROM upload)
                      AND id NOT IN (SELECT blob_id FROM outgoing)";

#[async_trait]
impl Blobs for View {
    async fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, BackendError> {
        let (whole_id, part_id) = email::split_blob_id(id);
        let mut moment = self.database.read().await?;
        // Only what hangs on a mail of this account or was uploaded to it: ids are content hashes, and not secret.
        let owned: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM email WHERE blob_id = ?1
                            AND scope IN (SELECT value FROM json_each(?2)))
                 OR EXISTS (SELECT 1 FROM upload WHERE blob_id = ?1
                            AND scope IN (SELECT value FROM json_each(?2)))",
        )
        .bind(whole_id)
        .bind(self.scopes.json())
        .fetch_one(&mut *moment)
        .await?;
        if !owned {
            return Ok(None);
        }
        let Some(raw) = whole(&mut moment, whole_id).await? else { return Ok(None) };
        let Some(path) = part_id.map(str::to_owned) else { return Ok(Some(raw)) };
        // Reading takes a while, in which somebody else may need the connection.
        drop(moment);
        blocking(move || part_of(raw, &path)).await
    }

    async fn holders(&self, id: &BlobId) -> Result<Vec<Holder>, BackendError> {
        // A part that is not there is held by nothing, though the message around it is.
        let (whole_id, part_id) = email::split_blob_id(id);
        if part_id.is_some() && self.blob(id).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut moment = self.database.read().await?;
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT e.id, e.thread_id, (SELECT json_group_array(m.mailbox_id) FROM email_mailbox m
                                        WHERE m.scope = e.scope AND m.email_id = e.id)
             FROM email e WHERE e.blob_id = ?1 AND e.scope IN (SELECT value FROM json_each(?2))",
        )
        .bind(whole_id)
        .bind(self.scopes.json())
        .fetch_all(&mut *moment)
        .await?;
        let holder = |(email_id, thread_id, mailboxes): (String, String, String)| {
            Ok(Holder { email_id, thread_id, mailbox_ids: serde_json::from_str(&mailboxes)? })
        };
        rows.into_iter().map(holder).collect()
    }
}

/// Messages inside messages, at most: for each of them the one around it is read.
const MAX_DEPTH: usize = 10;

/// A part of a message, or of a message attached to it, and so on: the ids of the parts, `-` between them.
fn part_of(mut raw: Vec<u8>, path: &str) -> Option<Vec<u8>> {
    if path.split('-').nth(MAX_DEPTH).is_some() {
        return None;
    }
    let mut part_ids = path.split('-').peekable();
    while let Some(part_id) = part_ids.next() {
        let message = Message::parse(&raw);
        if part_ids.peek().is_some() && !is_message(&message.body_structure, part_id) {
            return None;
        }
        raw = message.part_bytes(part_id)?.to_vec();
    }
    Some(raw)
}

/// Whether the part of this id, in this part, is a message of its own.
fn is_message(part: &BodyPart, part_id: &str) -> bool {
    let is_it = part.part_id.as_deref() == Some(part_id);
    let inner = part.sub_parts.iter().flatten();
    (is_it && part.media_type.starts_with("message/"))
        || inner.into_iter().any(|inner| is_message(inner, part_id))
}

/// What names these bytes.
#[must_use]
pub fn id(bytes: &[u8]) -> BlobId {
    BlobId(format!("B{}", hex(&sha256(bytes))))
}

/// Stores bytes, each once.
pub async fn store_all(change: &mut Change, blobs: &[(&BlobId, &[u8])]) -> Result<(), BackendError> {
    change
        .insert_all("INSERT INTO blob (id, bytes) ", " ON CONFLICT DO NOTHING", blobs, |row, (id, bytes)| {
            row.push_bind(id.as_str()).push_bind(*bytes);
        })
        .await
}

/// Forgets bytes that nothing holds any more.
pub async fn sweep(change: &mut Change) -> Result<(), BackendError> {
    let forget = sqlx::AssertSqlSafe(format!("DELETE FROM blob WHERE {UNHELD}"));
    sqlx::query(forget).execute(&mut *change.transaction).await?;
    Ok(())
}

/// Forgets those of these bytes that nothing holds any more.
pub async fn sweep_these(change: &mut Change, ids: &[String]) -> Result<(), BackendError> {
    let forget = format!("DELETE FROM blob WHERE id IN (SELECT value FROM json_each(?1)) AND {UNHELD}");
    let forget = sqlx::query(sqlx::AssertSqlSafe(forget)).bind(serde_json::to_string(ids)?);
    forget.execute(&mut *change.transaction).await?;
    Ok(())
}

/// The bytes of this id, whosever they are.
pub async fn whole(connection: &mut SqliteConnection, id: &str) -> Result<Option<Vec<u8>>, BackendError> {
    let bytes = sqlx::query_scalar("SELECT bytes FROM blob WHERE id = ?1").bind(id);
    Ok(bytes.fetch_optional(connection).await?)
}

/// Parsing a large message takes a while; it must not hold up others.
pub async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BackendError> {
    tokio::task::spawn_blocking(job).await.map_err(|error| BackendError::Internal(error.into()))
}
