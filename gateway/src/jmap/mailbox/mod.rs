//! Mailbox (RFC 8621 §2).

mod changes;
mod query;

use tornister_protocol::mail::Mailbox;

pub use changes::changes;
pub use query::query;

use super::standard::Served;

impl Served for Mailbox {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "name",
        "parentId",
        "role",
        "sortOrder",
        "totalEmails",
        "unreadEmails",
        "totalThreads",
        "unreadThreads",
        "myRights",
        "isSubscribed",
    ]);
}
