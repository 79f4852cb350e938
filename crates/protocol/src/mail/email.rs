//! Email (RFC 8621 §4), in two halves: what a list shows, and what an opened mail shows. The app
//! stores them apart, so that a list never unseals bodies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{BlobId, EmailId, MailboxId, ThreadId},
    time::UtcDate,
};

/// Keywords (RFC 8621 §4.1.1).
pub mod keyword {
    /// Read.
    pub const SEEN: &str = "$seen";
    /// Starred.
    pub const FLAGGED: &str = "$flagged";
    /// Replied to.
    pub const ANSWERED: &str = "$answered";
    /// Not sent yet.
    pub const DRAFT: &str = "$draft";
    /// Meant for the parents (R3). The server sets it, by the subjects that the school's profile
    /// names; clients leave it alone.
    pub const FOR_PARENTS: &str = "tornister-for-parents";
}

/// The vendor property of an Email with the sanitized HTML body: no scripts, styles, forms, remote
/// pictures or navigation; pictures of the message itself stay as `cid:` URLs.
pub const SAFE_HTML: &str = "tornister.app:safeHtml";

/// What a list of mails shows. Everything but `mailboxIds` and `keywords` is immutable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Email {
    /// Its id.
    pub id: EmailId,
    /// The whole message, as RFC 5322 bytes.
    pub blob_id: BlobId,
    /// The conversation it is in.
    pub thread_id: ThreadId,
    /// The mailboxes it is in; the values are always `true`.
    pub mailbox_ids: BTreeMap<MailboxId, bool>,
    /// See [`keyword`]; the values are always `true`.
    pub keywords: BTreeMap<String, bool>,
    /// Of the message in bytes.
    pub size: u64,
    /// When the server got it.
    pub received_at: UtcDate,
    /// Decoded.
    #[serde(default)]
    pub subject: Option<String>,
    /// The authors.
    #[serde(default)]
    pub from: Option<Vec<EmailAddress>>,
    /// The recipients.
    #[serde(default)]
    pub to: Option<Vec<EmailAddress>>,
    /// Further recipients.
    #[serde(default)]
    pub cc: Option<Vec<EmailAddress>>,
    /// Whether a paper clip belongs beside it.
    pub has_attachment: bool,
    /// The text's beginning, at most 256 characters.
    pub preview: String,
}

impl Email {
    /// The `Email/get` properties behind this half.
    pub const PROPERTIES: [&str; 13] = [
        "id",
        "blobId",
        "threadId",
        "mailboxIds",
        "keywords",
        "size",
        "receivedAt",
        "subject",
        "from",
        "to",
        "cc",
        "hasAttachment",
        "preview",
    ];

    /// Whether the reader has opened it.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.keywords.contains_key(keyword::SEEN)
    }
}

/// A name and an address (RFC 8621 §4.1.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailAddress {
    /// As the sender wrote it.
    #[serde(default)]
    pub name: Option<String>,
    /// `local@domain`.
    pub email: String,
}

impl EmailAddress {
    /// The name, or the address where there is none.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&self.email)
    }
}

/// What an opened mail shows beyond [`Email`]. Immutable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailBody {
    /// The Email's id.
    pub id: EmailId,
    /// When the sender sent it, by the message's own `Date`, as it stands there.
    #[serde(default)]
    pub sent_at: Option<String>,
    /// The parts to show as plain text, in order.
    pub text_body: Vec<EmailBodyPart>,
    /// The parts to show as HTML, in order; the plain ones again where there is no HTML.
    pub html_body: Vec<EmailBodyPart>,
    /// Everything else, pictures shown inside the HTML among them.
    pub attachments: Vec<EmailBodyPart>,
    /// The text parts' contents, by part id.
    pub body_values: BTreeMap<String, EmailBodyValue>,
    /// The HTML body made inert; absent where the mail has none.
    #[serde(rename = "tornister.app:safeHtml", default)]
    pub safe_html: Option<String>,
}

impl EmailBody {
    /// The `Email/get` properties behind this half; `fetchTextBodyValues` goes with them.
    pub const PROPERTIES: [&str; 7] =
        ["id", "sentAt", "textBody", "htmlBody", "attachments", "bodyValues", SAFE_HTML];
    /// The `Email/get` body properties behind [`EmailBodyPart`].
    pub const BODY_PROPERTIES: [&str; 7] = ["partId", "blobId", "size", "name", "type", "disposition", "cid"];

    /// The plain text, all parts in order.
    #[must_use]
    pub fn text(&self) -> String {
        let values = self.text_body.iter().filter_map(|part| {
            let part_id = part.part_id.as_ref()?;
            Some(self.body_values.get(part_id)?.value.as_str())
        });
        values.collect::<Vec<_>>().join("\n")
    }
}

/// One MIME part (RFC 8621 §4.1.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailBodyPart {
    /// Names the part within its Email; none for a multipart.
    #[serde(default)]
    pub part_id: Option<String>,
    /// Its decoded bytes.
    #[serde(default)]
    pub blob_id: Option<BlobId>,
    /// Of the decoded bytes.
    pub size: u64,
    /// The file name, decoded.
    #[serde(default)]
    pub name: Option<String>,
    /// The media type, lower case.
    #[serde(rename = "type")]
    pub media_type: String,
    /// `attachment`, `inline` or none.
    #[serde(default)]
    pub disposition: Option<String>,
    /// The Content-Id without its angle brackets.
    #[serde(default)]
    pub cid: Option<String>,
}

/// A text part's content (RFC 8621 §4.1.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailBodyValue {
    /// Decoded, with `\n` line ends.
    pub value: String,
    /// Whether decoding met unknown bytes.
    #[serde(default)]
    pub is_encoding_problem: bool,
    /// Whether `maxBodyValueBytes` cut it.
    #[serde(default)]
    pub is_truncated: bool,
}

/// The conditions of `Email/query` that this protocol's users need so far (RFC 8621 §4.4.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmailFilter {
    /// In this mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_mailbox: Option<MailboxId>,
    /// Received before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<UtcDate>,
    /// Received at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UtcDate>,
    /// With this keyword.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_keyword: Option<String>,
    /// Without this keyword.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_keyword: Option<String>,
}
