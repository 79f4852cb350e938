//! The session: who is logged in, which accounts, which limits, which addresses (RFC 8620 §2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{AccountId, State};

/// The answer of `/.well-known/jmap`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// By capability; `urn:ietf:params:jmap:core` holds a [`CoreCapability`].
    pub capabilities: BTreeMap<String, Value>,
    /// What this user may see.
    pub accounts: BTreeMap<AccountId, Account>,
    /// The default account for each capability.
    pub primary_accounts: BTreeMap<String, AccountId>,
    /// The login, such as `lena.sommer`.
    pub username: String,
    /// Where requests go.
    pub api_url: String,
    /// Template with `{accountId}`, `{blobId}`, `{name}`, `{type}`.
    pub download_url: String,
    /// Template with `{accountId}`.
    pub upload_url: String,
    /// Template with `{types}`, `{closeafter}`, `{ping}`.
    pub event_source_url: String,
    /// Changes whenever anything above changes.
    pub state: State,
}

/// One account of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The pupil's name, as people write it.
    pub name: String,
    /// Whether it is the user's own.
    pub is_personal: bool,
    /// Whether nothing in it can be changed: a parent's view (D7).
    pub is_read_only: bool,
    /// By capability; a module that the school denies is absent (R13).
    pub account_capabilities: BTreeMap<String, Value>,
    /// The login that opens it, such as `lena.sommer`: several people may be logged in at one device.
    #[serde(rename = "tornister.app:login", default)]
    pub login: String,
}

/// The server's limits (RFC 8620 §2). Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoreCapability {
    /// Of one upload.
    pub max_size_upload: u64,
    /// Uploads at once.
    pub max_concurrent_upload: u64,
    /// Of one request's body.
    pub max_size_request: u64,
    /// Requests at once.
    pub max_concurrent_requests: u64,
    /// Method calls in one request.
    pub max_calls_in_request: usize,
    /// Objects in one `/get`.
    pub max_objects_in_get: usize,
    /// Objects in one `/set`.
    pub max_objects_in_set: usize,
    /// RFC 4790 names.
    pub collation_algorithms: Vec<String>,
}
