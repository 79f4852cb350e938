//! Email: read. A list comes from stored properties; only an opened mail is parsed.

use async_trait::async_trait;
use serde_json::Value;
use sqlx::SqliteConnection;
use tornister_formats::mime::Message;
use tornister_protocol::{
    id::{BlobId, State},
    mail::Email,
};

use super::{objects, view::View};
use crate::backend::{
    BackendError, Blobs, Changes, Found, Kind as _, Object, Source, Wanted, email, email::BodyOptions,
};

#[async_trait]
impl Source<Email> for View {
    async fn get(&self, wanted: &Wanted<Email>) -> Result<Found, BackendError> {
        let mut moment = self.database.read().await?;
        let ids = wanted.ids.as_deref();
        let mut found = objects::get(&mut moment, &self.scopes, Email::NAME, ids, wanted.at_most).await?;
        if email::needs_content(wanted.properties.as_deref()) {
            for object in &mut found.list {
                add_content(&mut moment, object, &wanted.options).await?;
            }
        }
        Ok(found)
    }

    async fn changes(&self, since: &State, max: Option<usize>) -> Result<Changes, BackendError> {
        let since = self.scopes.position(since)?;
        let mut moment = self.database.read().await?;
        objects::changes(&mut moment, &self.scopes, Email::NAME, since, max).await
    }
}

/// One message at a time is in memory, whatever the number of mails asked for.
async fn add_content(
    connection: &mut SqliteConnection,
    object: &mut Object,
    options: &BodyOptions,
) -> Result<(), BackendError> {
    let Some(blob_id) = object.get("blobId").and_then(Value::as_str).map(BlobId::from) else {
        return Ok(());
    };
    let Some(raw) = whole(connection, blob_id.as_str()).await? else { return Ok(()) };
    let options = options.clone();
    object.extend(blocking(move || email::content(&Message::parse(&raw), &blob_id, &options)).await?);
    Ok(())
}

#[async_trait]
impl Blobs for View {
    async fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, BackendError> {
        let (whole_id, part_id) = email::split_blob_id(id);
        let mut moment = self.database.read().await?;
        // Only what hangs on a mail of this account: ids are content hashes, and not secret.
        let owned: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM email WHERE blob_id = ?1
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
        let Some(part_id) = part_id.map(str::to_owned) else { return Ok(Some(raw)) };
        blocking(move || Message::parse(&raw).part_bytes(&part_id).map(<[u8]>::to_vec)).await
    }
}

async fn whole(connection: &mut SqliteConnection, id: &str) -> Result<Option<Vec<u8>>, BackendError> {
    let bytes = sqlx::query_scalar("SELECT bytes FROM blob WHERE id = ?1").bind(id);
    Ok(bytes.fetch_optional(connection).await?)
}

/// Parsing a large message takes a while; it must not hold up others.
async fn blocking<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Result<T, BackendError> {
    tokio::task::spawn_blocking(job).await.map_err(|error| BackendError::Internal(error.into()))
}
