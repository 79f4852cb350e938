//! Mailbox (RFC 8621 §2).

use serde::{Deserialize, Serialize};

use crate::id::MailboxId;

/// What a mailbox is for (RFC 8621 §2; the names are IANA's).
pub mod role {
    /// Where new mail arrives.
    pub const INBOX: &str = "inbox";
    /// Unsent mail.
    pub const DRAFTS: &str = "drafts";
    /// What the user sent.
    pub const SENT: &str = "sent";
    /// Deleted, not yet destroyed.
    pub const TRASH: &str = "trash";
    /// Spam.
    pub const JUNK: &str = "junk";
    /// Kept for later.
    pub const ARCHIVE: &str = "archive";
}

/// A folder of mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mailbox {
    /// Its id.
    pub id: MailboxId,
    /// As the user named it, without its parents' names.
    pub name: String,
    /// The mailbox around it.
    #[serde(default)]
    pub parent_id: Option<MailboxId>,
    /// One of [`role`], or none.
    #[serde(default)]
    pub role: Option<String>,
    /// Small first; equal ones by name.
    #[serde(default)]
    pub sort_order: u32,
    /// Mails in it.
    pub total_emails: u32,
    /// Of these without `$seen`, drafts not counted.
    pub unread_emails: u32,
    /// Threads with a mail in it.
    pub total_threads: u32,
    /// Of these with an unread mail.
    pub unread_threads: u32,
    /// What the user may do.
    pub my_rights: MailboxRights,
    /// Whether the user wants to see it.
    pub is_subscribed: bool,
}

/// What a user may do in a mailbox (RFC 8621 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the RFC's nine rights are nine booleans")]
pub struct MailboxRights {
    /// See its mails.
    pub may_read_items: bool,
    /// Put mails in.
    pub may_add_items: bool,
    /// Take mails out.
    pub may_remove_items: bool,
    /// Set `$seen`.
    pub may_set_seen: bool,
    /// Set other keywords.
    pub may_set_keywords: bool,
    /// Make mailboxes inside.
    pub may_create_child: bool,
    /// Rename or move it.
    pub may_rename: bool,
    /// Destroy it.
    pub may_delete: bool,
    /// Send mail by moving it here.
    pub may_submit: bool,
}
