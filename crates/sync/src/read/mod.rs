//! What the screens ask for: lists and objects, from the device alone. One file per module of the
//! school, so that each screen finds its questions in one place.

mod account;
mod calendar;
mod homework;
mod mail;
mod timetable;

pub use account::{LAST_SYNCED, RefusedChange, account_state};
pub use calendar::EventOn;
pub use mail::Kept;
pub use timetable::{day_notes, lessons};

use serde::de::DeserializeOwned;

use crate::{
    json,
    kind::Kind,
    store::{KeyRange, Store, StoreError},
};

/// Reads a store. Cheap to clone where the store is.
#[derive(Clone, Debug)]
pub struct Reader<S>(pub S);

impl<S: Store> Reader<S> {
    async fn one<T: DeserializeOwned>(&self, kind: Kind, id: &str) -> Result<Option<T>, StoreError> {
        let payload = self.0.get(kind, id).await?;
        payload.map(|bytes| json::read(&bytes).map_err(StoreError::from)).transpose()
    }

    async fn list<T: DeserializeOwned>(
        &self,
        kind: Kind,
        range: &KeyRange,
        limit: usize,
    ) -> Result<Vec<T>, StoreError> {
        let payloads = self.0.range(kind, range, limit).await?;
        payloads.iter().map(|bytes| json::read(bytes).map_err(StoreError::from)).collect()
    }
}

/// More than any list of one pupil's days, folders or homework holds.
const EVERYTHING: usize = 10_000;
