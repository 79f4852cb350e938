//! What somebody uploaded and nothing holds yet. It has room of its own, beside that of the mails, and the
//! oldest makes way for the newest (RFC 8620 §6).

use async_trait::async_trait;
use tornister_protocol::id::BlobId;

use super::{blobs, change::Change, view::View};
use crate::backend::{BackendError, Uploads};

/// So long they are kept at least, where there is room; the RFC asks for an hour.
const LIVE_SECONDS: i64 = 24 * 60 * 60;
/// Octets of one person's uploads: the attachments of two of the largest mails.
const ROOM: i64 = 100_000_000;

#[async_trait]
impl Uploads for View {
    async fn upload(&self, bytes: Vec<u8>) -> Result<BlobId, BackendError> {
        let mut change = Change::begin(&self.database, self.environment.clock.unix_seconds()).await?;
        let id = blobs::id(&bytes);
        blobs::store_all(&mut change, &[(&id, bytes.as_slice())]).await?;
        // Later than all others, also where several come within a second.
        sqlx::query(
            "INSERT INTO upload (scope, blob_id, uploaded)
             SELECT ?1, ?2, max(?3, coalesce(max(uploaded) + 1, ?3)) FROM upload WHERE scope = ?1
             ON CONFLICT (scope, blob_id) DO UPDATE SET uploaded = excluded.uploaded",
        )
        .bind(self.scopes.own())
        .bind(id.as_str())
        .bind(change.now)
        .execute(&mut *change.transaction)
        .await?;
        make_way(&mut change, self.scopes.own()).await?;
        change.commit().await?;
        Ok(id)
    }
}

/// Forgets somebody's oldest uploads until the others have room. What a mail of theirs holds counts there.
async fn make_way(change: &mut Change, scope: &str) -> Result<(), BackendError> {
    let gone: Vec<String> = sqlx::query_scalar(
        "DELETE FROM upload WHERE scope = ?1 AND blob_id IN (
             SELECT id FROM (
                 SELECT b.id, sum(length(b.bytes)) OVER (ORDER BY u.uploaded DESC) AS size
                 FROM upload u JOIN blob b ON b.id = u.blob_id
                 WHERE u.scope = ?1 AND NOT EXISTS (
                     SELECT 1 FROM email e WHERE e.blob_id = u.blob_id AND e.scope = ?1
                 )
             ) WHERE size > ?2
         ) RETURNING blob_id",
    )
    .bind(scope)
    .bind(ROOM)
    .fetch_all(&mut *change.transaction)
    .await?;
    blobs::sweep_these(change, &gone).await
}

/// Forgets what is old.
pub async fn sweep(change: &mut Change) -> Result<(), BackendError> {
    let forget = sqlx::query("DELETE FROM upload WHERE uploaded < ?1").bind(change.now - LIVE_SECONDS);
    forget.execute(&mut *change.transaction).await?;
    blobs::sweep(change).await
}
