//! Thread (RFC 8621 §3).

use serde::{Deserialize, Serialize};

use crate::id::{EmailId, ThreadId};

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// Its mails, oldest first.
    pub email_ids: Vec<EmailId>,
}
