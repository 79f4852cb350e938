//! Arguments and answers of the standard methods (RFC 8620 §5). Objects are of type `T`: a typed
//! object, or its JSON text where nobody looks inside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SetError;
use crate::id::{AccountId, State};

/// `Foo/get` (RFC 8620 §5.1).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetArgs {
    /// Whose objects.
    pub account_id: AccountId,
    /// Which; `None` asks for all.
    #[serde(default)]
    pub ids: Option<Vec<String>>,
    /// Which properties; `None` asks for the type's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<Vec<String>>,
}

/// The answer to `Foo/get`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetResponse<T> {
    /// As asked.
    pub account_id: AccountId,
    /// The type's state when this was read.
    pub state: State,
    /// The objects, in any order.
    pub list: Vec<T>,
    /// Ids of no object.
    #[serde(default)]
    pub not_found: Vec<String>,
}

/// `Foo/changes` (RFC 8620 §5.2).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangesArgs {
    /// Whose objects.
    pub account_id: AccountId,
    /// The state that the caller has.
    pub since_state: State,
    /// At most so many ids in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_changes: Option<usize>,
}

/// The answer to `Foo/changes`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangesResponse {
    /// As asked.
    pub account_id: AccountId,
    /// `sinceState`, repeated.
    pub old_state: State,
    /// The state after these changes.
    pub new_state: State,
    /// Whether more has changed since `new_state`.
    pub has_more_changes: bool,
    /// New since `old_state`.
    pub created: Vec<String>,
    /// Changed since `old_state`.
    pub updated: Vec<String>,
    /// Gone since `old_state`.
    pub destroyed: Vec<String>,
}

/// `Foo/query` (RFC 8620 §5.5); the filter depends on the type.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryArgs<F> {
    /// Whose objects.
    pub account_id: AccountId,
    /// Which; `None` takes all.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub filter: Option<F>,
    /// First by the first, among equals by the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Vec<Sort>>,
    /// Index of the first id to answer; negative counts from the end.
    #[serde(default)]
    pub position: i64,
    /// An id to start from instead of `position`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// Added to the anchor's index.
    #[serde(default)]
    pub anchor_offset: i64,
    /// At most so many ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Whether `total` is wanted.
    #[serde(default)]
    pub calculate_total: bool,
    /// `Email/query` only: one mail of each thread (RFC 8621 §4.4.3).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub collapse_threads: bool,
}

/// One sort criterion (RFC 8620 §5.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sort {
    /// The property to compare by.
    pub property: String,
    /// Smallest first.
    #[serde(default = "ascending")]
    pub is_ascending: bool,
    /// The keyword to compare by, for `hasKeyword` and its kin (RFC 8621 §4.4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyword: Option<String>,
}

fn ascending() -> bool {
    true
}

/// The answer to `Foo/query`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryResponse {
    /// As asked.
    pub account_id: AccountId,
    /// Differs where the result may differ.
    pub query_state: State,
    /// Whether `Foo/queryChanges` can answer for this query.
    pub can_calculate_changes: bool,
    /// The index of `ids[0]`.
    pub position: usize,
    /// The result's part, in order.
    pub ids: Vec<String>,
    /// The whole result's length, where asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    /// The limit that the server put in, where it is lower than asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// An id that entered a query's result (RFC 8620 §5.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedItem {
    /// The object.
    pub id: String,
    /// Its index in the new result.
    pub index: usize,
}

/// `Foo/set` (RFC 8620 §5.3). A patch maps JSON pointers without the leading slash to values.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetArgs<T> {
    /// Whose objects.
    pub account_id: AccountId,
    /// Nothing happens unless the type is in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_in_state: Option<State>,
    /// New objects by creation id.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub create: Option<BTreeMap<String, T>>,
    /// Patches by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<BTreeMap<String, serde_json::Map<String, serde_json::Value>>>,
    /// Ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroy: Option<Vec<String>>,
}

/// The answer to `Foo/set`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetResponse<T> {
    /// As asked.
    pub account_id: AccountId,
    /// Before, where known.
    #[serde(default)]
    pub old_state: Option<State>,
    /// After.
    pub new_state: State,
    /// What the server set in each new object.
    #[serde(default = "Option::default")]
    pub created: Option<BTreeMap<String, T>>,
    /// What the server changed beyond the patch, by id; `None` for nothing.
    #[serde(default = "Option::default")]
    pub updated: Option<BTreeMap<String, Option<T>>>,
    /// Gone now.
    #[serde(default)]
    pub destroyed: Option<Vec<String>>,
    /// Refused, by creation id.
    #[serde(default)]
    pub not_created: Option<BTreeMap<String, SetError>>,
    /// Refused, by id.
    #[serde(default)]
    pub not_updated: Option<BTreeMap<String, SetError>>,
    /// Refused, by id.
    #[serde(default)]
    pub not_destroyed: Option<BTreeMap<String, SetError>>,
}
