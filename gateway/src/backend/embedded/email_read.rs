//! Email: read. A list comes from stored properties; only an opened mail is parsed.

use async_trait::async_trait;
use serde_json::Value;
use sqlx::SqliteConnection;
use tornister_formats::mime::Message;
use tornister_protocol::{
    id::{BlobId, State},
    mail::Email,
};

use super::{
    blobs::{blocking, whole},
    objects,
    state::Position,
    view::View,
};
use crate::backend::{BackendError, Changes, Deliveries, Found, Kind as _, Object, Source, Wanted, email};

#[async_trait]
impl Source<Email> for View {
    async fn get(&self, wanted: &Wanted<Email>) -> Result<Found, BackendError> {
        if let Some(nothing) = self.nothing_wanted(wanted).await? {
            return Ok(nothing);
        }
        let mut moment = self.database.read().await?;
        let ids = wanted.ids.as_deref();
        let mut found = objects::get(&mut moment, &self.scopes, Email::NAME, ids, wanted.at_most).await?;
        if email::needs_content(wanted.properties.as_deref()) {
            for object in &mut found.list {
                add_content(&mut moment, object, wanted).await?;
            }
        }
        Ok(found)
    }

    async fn changes(&self, since: &State, max: Option<usize>) -> Result<Changes, BackendError> {
        self.changes_of(Email::NAME, since, max).await
    }

    async fn state(&self) -> Result<State, BackendError> {
        self.state_of(Email::NAME).await
    }
}

#[async_trait]
impl Deliveries for View {
    async fn delivery_state(&self) -> Result<State, BackendError> {
        let mut glance = self.database.glance().await?;
        let newest: i64 =
            sqlx::query_scalar("SELECT coalesce(max(created), 0) FROM object WHERE scope = ?1 AND type = ?2")
                .bind(self.scopes.own())
                .bind(Email::NAME)
                .fetch_one(&mut *glance)
                .await?;
        Ok(self.scopes.state(Position::at(newest)))
    }
}

/// One message at a time is in memory, whatever the number of mails asked for.
async fn add_content(
    connection: &mut SqliteConnection,
    object: &mut Object,
    wanted: &Wanted<Email>,
) -> Result<(), BackendError> {
    let Some(blob_id) = object.get("blobId").and_then(Value::as_str).map(BlobId::from) else {
        return Ok(());
    };
    let Some(raw) = whole(connection, blob_id.as_str()).await? else { return Ok(()) };
    let (properties, options) = (wanted.properties.clone(), wanted.options.clone());
    let content =
        blocking(move || email::content(&Message::parse(&raw), &blob_id, properties.as_deref(), &options));
    object.extend(content.await?);
    Ok(())
}
