//! What a `/set` may ask of each type.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tornister_protocol::time::UtcDate;

use super::Object;

/// A change to a set of names, such as keywords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// The whole set anew, where given.
    pub replace: Option<BTreeSet<String>>,
    /// Names to put in (`true`) or take out (`false`).
    pub change: BTreeMap<String, bool>,
}

impl Members {
    /// The set after the change.
    #[must_use]
    pub fn apply(&self, current: &BTreeSet<String>) -> BTreeSet<String> {
        let mut set = self.replace.as_ref().unwrap_or(current).clone();
        for (name, &inside) in &self.change {
            if inside {
                set.insert(name.clone());
            } else {
                set.remove(name);
            }
        }
        set
    }
}

/// A mail to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEmail {
    /// The message.
    pub raw: Vec<u8>,
    /// The mailboxes that it will be in; may be references.
    pub mailboxes: BTreeSet<String>,
    /// Lower case.
    pub keywords: BTreeSet<String>,
    /// Now, where not given.
    pub received_at: Option<UtcDate>,
    /// The properties whose blobs have other ids in the stored mail, which the client has to learn (RFC 8620 §6).
    pub renamed: Vec<&'static str>,
}

/// A patch of an Email.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailUpdate {
    /// Its keywords.
    pub keywords: Members,
    /// The ids of the mailboxes that it is in.
    pub mailboxes: Members,
}

/// Properties to be set, each with a value that it may have; in a patch also paths into them, and null for
/// what goes back to its default (RFC 8620 §5.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties(pub Object);

/// What cannot be had, such as a new object of a type that only the school makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {}

/// What is set of a Mailbox; `None` leaves a property as it is, or at its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailboxFields {
    /// In Normalization Form C, not empty.
    pub name: Option<String>,
    /// The mailbox around it; may be a reference to one of the same batch.
    pub parent_id: Option<Option<String>>,
    /// Lower case.
    pub role: Option<Option<String>>,
    /// Small first.
    pub sort_order: Option<u32>,
    /// Whether the user wants to see it.
    pub is_subscribed: Option<bool>,
}

/// What `Mailbox/set` takes besides (RFC 8621 §2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailboxSetOptions {
    /// Mail in a mailbox does not protect it; what is nowhere else is destroyed with it.
    #[serde(default)]
    pub on_destroy_remove_emails: bool,
}
