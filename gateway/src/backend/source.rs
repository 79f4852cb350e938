//! Reading: objects by id, what changed, ids by query, bytes.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value};
use tornister_protocol::id::{BlobId, State};

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
    /// The only properties of the changed objects that may have changed, where that is known and not all
    /// (RFC 8621 §2.2).
    pub updated_properties: Option<Vec<String>>,
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

    /// The type's state now.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn state(&self) -> Result<State, BackendError>;
}

/// One sort criterion (RFC 8620 §5.5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparator {
    /// The property to compare by.
    pub property: String,
    /// Smallest first.
    #[serde(default = "ascending")]
    pub is_ascending: bool,
    /// RFC 4790 name of the order of texts; none for the server's choice.
    #[serde(default)]
    pub collation: Option<String>,
    /// The keyword to compare by, for `hasKeyword` and its kin (RFC 8621 §4.4.2).
    #[serde(default)]
    pub keyword: Option<String>,
}

fn ascending() -> bool {
    true
}

/// What a `/query` wants.
pub struct Plan<K: Queryable> {
    /// Which objects; `None` for all.
    pub filter: Option<Filter<K::Condition>>,
    /// Empty for the type's default order.
    pub sort: Vec<Comparator>,
    /// What only this type's `/query` takes.
    pub options: K::QueryOptions,
}

/// What a `/query` found: every id, in order.
#[derive(Debug)]
pub struct Matches {
    /// Differs where the result may differ.
    pub state: State,
    /// All of them; paging is the caller's.
    pub ids: Vec<String>,
}

/// Whose place in a query's result may have changed since a state.
#[derive(Debug, Default)]
pub struct Touched {
    /// Those that may have been in the old result: changed or gone.
    pub old: BTreeSet<String>,
    /// Those that did not exist then.
    pub new: BTreeSet<String>,
}

/// Finds the objects of one type in one account.
#[async_trait]
pub trait Index<K: Queryable>: Send + Sync {
    /// The ids that a filter lets through, sorted.
    ///
    /// # Errors
    /// Unsupported filters and sorts, see [`BackendError`].
    async fn query(&self, plan: &Plan<K>) -> Result<Matches, BackendError>;

    /// The same, and who may have moved in the result since an earlier [`Matches::state`], both of one
    /// moment.
    ///
    /// # Errors
    /// [`BackendError::CannotCalculateChanges`] where that state is unknown or too old.
    async fn query_changes(&self, plan: &Plan<K>, since: &State) -> Result<(Matches, Touched), BackendError>;
}

/// Bytes of one account.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// The bytes; `None` where the account has no such blob.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, BackendError>;

    /// The mails of the account that hold a blob.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn holders(&self, id: &BlobId) -> Result<Vec<Holder>, BackendError>;
}

/// A mail that holds a blob, whole or as a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The mail.
    pub email_id: String,
    /// Its thread.
    pub thread_id: String,
    /// Its mailboxes.
    pub mailbox_ids: Vec<String>,
}

/// Takes bytes into one account.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// Stores bytes; they can be read through [`Blobs`] for as long as something holds them, else for a day
    /// or until newer uploads need their room (RFC 8620 §6).
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn upload(&self, bytes: Vec<u8>) -> Result<BlobId, BackendError>;
}

/// Tells when new mail arrived in one account.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// Moves with each new mail, and with nothing else (RFC 8621 §1.5, `EmailDelivery`).
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn delivery_state(&self) -> Result<State, BackendError>;
}

/// Tells whether anything in one account may have changed, without asking for it.
pub trait News: Send + Sync {
    /// Moves whenever something in the account may have changed. Costs next to nothing.
    fn touched(&self) -> i64;
}
