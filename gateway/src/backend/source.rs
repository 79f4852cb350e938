//! Reading: objects by id, what changed, ids by query, bytes.

use async_trait::async_trait;
use serde_json::{Map, Value};
use tornister_protocol::{
    core::Sort,
    id::{BlobId, State},
};

use super::{BackendError, Filter, Kind, Queryable};

/// An object as JMAP answers it; `id` is among its properties.
pub type Object = Map<String, Value>;

/// What a `/get` wants.
#[derive(Debug)]
pub struct Wanted<K: Kind> {
    /// Which objects; `None` for all.
    pub ids: Option<Vec<String>>,
    /// A hint which properties will be used, so that others need not be fetched; `None` for the type's
    /// default. More may be answered.
    pub properties: Option<Vec<String>>,
    /// What only this type has.
    pub options: K::Options,
    /// More objects than this are refused with [`BackendError::TooManyObjects`].
    pub at_most: usize,
}

/// What a `/get` found, all of it at one moment.
#[derive(Debug)]
pub struct Found {
    /// The type's state at that moment.
    pub state: State,
    /// In any order.
    pub list: Vec<Object>,
    /// Ids of no object.
    pub not_found: Vec<String>,
}

/// What changed (RFC 8620 §5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The state after these.
    pub new_state: State,
    /// Whether there are more.
    pub has_more: bool,
    /// New ids.
    pub created: Vec<String>,
    /// Changed ids.
    pub updated: Vec<String>,
    /// Ids that are gone.
    pub destroyed: Vec<String>,
}

/// Reads the objects of one type in one account.
#[async_trait]
pub trait Source<K: Kind>: Send + Sync {
    /// Objects, and the state at the same moment.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn get(&self, wanted: &Wanted<K>) -> Result<Found, BackendError>;

    /// What changed since a state, at most `max` ids.
    ///
    /// # Errors
    /// [`BackendError::CannotCalculateChanges`] where that state is unknown or too old.
    async fn changes(&self, since: &State, max: Option<usize>) -> Result<Changes, BackendError>;
}

/// What a `/query` wants.
#[derive(Debug)]
pub struct Plan<K: Queryable> {
    /// Which objects; `None` for all.
    pub filter: Option<Filter<K::Condition>>,
    /// Empty for the type's default order.
    pub sort: Vec<Sort>,
    /// One mail of each thread, the first in order.
    pub collapse_threads: bool,
}

/// What a `/query` found: every id, in order.
#[derive(Debug)]
pub struct Matches {
    /// Differs where the result may differ.
    pub state: State,
    /// All of them; paging is the caller's.
    pub ids: Vec<String>,
}

/// Finds the objects of one type in one account.
#[async_trait]
pub trait Index<K: Queryable>: Send + Sync {
    /// The ids that a filter lets through, sorted.
    ///
    /// # Errors
    /// Unsupported filters and sorts, see [`BackendError`].
    async fn query(&self, plan: &Plan<K>) -> Result<Matches, BackendError>;
}

/// Bytes of one account.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// The bytes; `None` where the account has no such blob.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, BackendError>;
}
