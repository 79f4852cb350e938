//! Bytes: of mails, their parts, and what somebody uploaded. Each is stored once, under its SHA-256; who
//! may read it is asked each time.

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;
use tornister_formats::mime::{BodyPart, Message};
use tornister_protocol::id::BlobId;

use super::{change::Change, quota, state::hex, view::View};
use crate::backend::{BackendError, Blobs, Holder, Uploads, email};

/// An upload that nothing holds is kept for at least this long; RFC 8620 §6.1 asks for an hour.
const UPLOADS_LIVE_SECONDS: i64 = 24 * 60 * 60;

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

#[async_trait]
impl Uploads for View {
    async fn upload(&self, bytes: Vec<u8>) -> Result<BlobId, BackendError> {
        let mut change = Change::begin(&self.database, self.environment.clock.unix_seconds()).await?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if size > quota::room(&mut change, self.scopes.own()).await? {
            return Err(BackendError::OverQuota);
        }
        let id = id(&bytes);
        store_all(&mut change, &[(&id, bytes.as_slice())]).await?;
        sqlx::query(
            "INSERT INTO upload (scope, blob_id, uploaded) VALUES (?1, ?2, ?3)
             ON CONFLICT (scope, blob_id) DO UPDATE SET uploaded = excluded.uploaded",
        )
        .bind(self.scopes.own())
        .bind(id.as_str())
        .bind(change.now)
        .execute(&mut *change.transaction)
        .await?;
        change.commit().await?;
        Ok(id)
    }
}

/// A part of a message, or of a message attached to it, and so on: the ids of the parts, `-` between them.
fn part_of(mut raw: Vec<u8>, path: &str) -> Option<Vec<u8>> {
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
    BlobId(format!("B{}", hex(&Sha256::digest(bytes))))
}

/// Stores bytes, each once.
pub async fn store_all(change: &mut Change, blobs: &[(&BlobId, &[u8])]) -> Result<(), BackendError> {
    change
        .insert_all("INSERT INTO blob (id, bytes) ", " ON CONFLICT DO NOTHING", blobs, |row, (id, bytes)| {
            row.push_bind(id.as_str()).push_bind(*bytes);
        })
        .await
}

/// Forgets old uploads, and bytes that nothing holds any more.
pub async fn sweep(change: &mut Change) -> Result<(), BackendError> {
    sqlx::query("DELETE FROM upload WHERE uploaded < ?1")
        .bind(change.now - UPLOADS_LIVE_SECONDS)
        .execute(&mut *change.transaction)
        .await?;
    sqlx::query(
        "DELETE FROM blob WHERE id NOT IN (SELECT blob_id FROM email)
                            AND id NOT IN (SELECT blob_id FROM upload)
                            AND id NOT IN (SELECT blob_id FROM outgoing)",
    )
    .execute(&mut *change.transaction)
    .await?;
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
