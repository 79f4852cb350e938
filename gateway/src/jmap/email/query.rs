//! Email/query (RFC 8621 §4.4).

use tornister_protocol::mail::Email;

use crate::jmap::standard::Found;

/// The sorts that every backend knows; the Session says so too (RFC 8621 §1.3.1).
pub const SORTS: [&str; 3] = ["receivedAt", "size", "hasKeyword"];

impl Found for Email {
    const CONDITIONS: &'static [&'static str] = &["inMailbox", "before", "after", "hasKeyword", "notKeyword"];
}
