//! Which account of which server, and how much that server takes at once.

use serde::{Deserialize, Serialize};
use tornister_protocol::{capability, core::Session, id::AccountId};

/// What the engine has to know of the session (RFC 8620 §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLink {
    /// Whose data.
    pub account_id: AccountId,
    /// The session's template.
    pub download_url: String,
    /// How much the server takes at once.
    pub limits: Limits,
}

/// How much the server takes at once, from the session's core capability (RFC 8620 §2). Part of the
/// storage format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Method calls in one request; no fewer than [`Limits::FEWEST_CALLS`] are of use.
    pub calls: usize,
    /// Objects in one `/get`.
    pub get: usize,
    /// Objects in one `/set`.
    pub set: usize,
}

impl Default for Limits {
    /// What RFC 8620 §2 asks of every server.
    fn default() -> Self {
        Self { calls: 16, get: 500, set: 500 }
    }
}

impl Limits {
    /// What the user's changes of two types take with the changes, a page and a look at one type.
    pub const FEWEST_CALLS: usize = 12;

    /// What the session says.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let core = session.capabilities.get(capability::CORE);
        let limit = |name: &str, otherwise| {
            let limit = core.and_then(|core| core.get(name)).and_then(serde_json::Value::as_u64);
            // A limit of zero is none that a server can mean.
            limit
                .and_then(|limit| usize::try_from(limit).ok())
                .filter(|&limit| limit > 0)
                .unwrap_or(otherwise)
        };
        let least = Self::default();
        Self {
            calls: limit("maxCallsInRequest", least.calls),
            get: limit("maxObjectsInGet", least.get),
            set: limit("maxObjectsInSet", least.set),
        }
    }
}
