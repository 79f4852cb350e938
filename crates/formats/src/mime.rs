//! A mail's bytes, read as `Email/get` answers them (RFC 8621 §4.1). Whatever the bytes are, this
//! gives what can be read and never panics.

mod addresses;
mod body;
mod compose;
mod encoded_words;
mod fields;
mod forms;
mod header;
mod lists;
mod readable;
mod safe_html;
mod structure;
mod text;
mod tokens;
mod transfer;

pub use addresses::{AddressGroup, addresses};
pub use body::BodyPart;
pub use compose::{Content, Draft, Field, Part, compose, media_type};
pub use forms::{Form, HeaderProperty, message_ids, text};
pub use text::one_line;

use std::collections::BTreeMap;

use tornister_protocol::{
    mail::{EmailAddress, EmailBodyValue},
    time::UtcDate,
};

/// One header field as it stands in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// As written.
    pub name: String,
    /// Raw: still folded and encoded, with the space after the colon (RFC 8621 §4.1.2.1).
    pub value: String,
}

/// A mail, read. Absent headers are `None`, as RFC 8621 §4.1.3 wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Of the whole message in bytes.
    pub size: u64,
    /// All fields, in order.
    pub headers: Vec<Header>,
    /// Decoded.
    pub subject: Option<String>,
    /// The authors.
    pub from: Option<Vec<EmailAddress>>,
    /// Who pressed the button, where that is not the author.
    pub sender: Option<Vec<EmailAddress>>,
    /// Where answers go.
    pub reply_to: Option<Vec<EmailAddress>>,
    /// The recipients.
    pub to: Option<Vec<EmailAddress>>,
    /// Further recipients.
    pub cc: Option<Vec<EmailAddress>>,
    /// Recipients that the others do not see; in sent mail and drafts.
    pub bcc: Option<Vec<EmailAddress>>,
    /// Without angle brackets.
    pub message_id: Option<Vec<String>>,
    /// The mails that this one answers.
    pub in_reply_to: Option<Vec<String>>,
    /// The conversation so far.
    pub references: Option<Vec<String>>,
    /// The `Date` field with its own offset, `YYYY-MM-DDTHH:MM:SS+HH:MM`.
    pub sent_at: Option<String>,
    /// The same moment in UTC.
    pub sent_at_utc: Option<UtcDate>,
    /// The moment in the newest `Received` field.
    pub received_at: Option<UtcDate>,
    /// The tree of all parts.
    pub body_structure: BodyPart,
    /// What to show where plain text is wanted (RFC 8621 §4.1.4); no `sub_parts`.
    pub text_body: Vec<BodyPart>,
    /// What to show where HTML is wanted.
    pub html_body: Vec<BodyPart>,
    /// All else.
    pub attachments: Vec<BodyPart>,
    /// Every `text/*` part's content, by part id.
    pub body_values: BTreeMap<String, EmailBodyValue>,
    /// Whether a paper clip belongs beside it: an attachment that no HTML shows inline.
    pub has_attachment: bool,
    /// The text's beginning on one line, at most 256 characters.
    pub preview: String,
    /// Whether a multipart lacks its end: the message was cut.
    pub is_truncated: bool,
    contents: BTreeMap<String, Vec<u8>>,
}

impl Message {
    /// Reads a message. Bytes that are no message at all give an empty one.
    #[must_use]
    pub fn parse(raw: &[u8]) -> Self {
        let tree = structure::read(raw);
        let lists = lists::sort(&tree.root);
        let preview = lists.preview(&tree);
        let has_attachment = lists.has_attachment(&tree);
        let last = |name: &str| last(&tree.root.headers, name);
        let addresses = |name: &str| last(name).map(addresses);
        let message_ids = |name: &str| last(name).and_then(message_ids);
        let sent_at = last("Date").and_then(forms::date);
        Self {
            size: raw.len() as u64,
            headers: tree.root.headers.clone(),
            subject: last("Subject").map(text),
            from: addresses("From"),
            sender: addresses("Sender"),
            reply_to: addresses("Reply-To"),
            to: addresses("To"),
            cc: addresses("Cc"),
            bcc: addresses("Bcc"),
            message_id: message_ids("Message-ID"),
            in_reply_to: message_ids("In-Reply-To"),
            references: message_ids("References"),
            sent_at: sent_at.map(|date| date.to_rfc3339()),
            sent_at_utc: sent_at.map(fields::utc),
            received_at: fields::received(&tree.root.headers),
            text_body: lists.text,
            html_body: lists.html,
            attachments: lists.attachments,
            body_structure: tree.root,
            body_values: tree.values,
            has_attachment,
            preview,
            is_truncated: tree.is_truncated,
            contents: tree.contents,
        }
    }

    /// The last field of this name, in any case, raw.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        last(&self.headers, name)
    }

    /// Whether the bytes are a message at all: one header field is enough.
    #[must_use]
    pub fn is_message(&self) -> bool {
        !self.headers.is_empty()
    }

    /// The HTML parts made inert, one after the other, plain ones between them as they stand
    /// (`tornister.app:safeHtml`); `None` where there is no HTML. Worked out when it is asked for: it takes
    /// longer than all the rest.
    #[must_use]
    pub fn safe_html(&self) -> Option<String> {
        let value = |part: &BodyPart| {
            let value = part.part_id.as_ref().and_then(|id| self.body_values.get(id));
            value.map_or("", |value| &value.value)
        };
        self.html_body.iter().any(|part| part.media_type == "text/html").then(|| {
            let parts = self.html_body.iter().map(|part| match part.media_type.as_str() {
                "text/html" => safe_html::clean(value(part)),
                "text/plain" => safe_html::from_text(value(part)),
                _ => part.cid.as_deref().map(safe_html::picture).unwrap_or_default(),
            });
            parts.collect()
        })
    }

    /// A part's decoded bytes, as a download answers them; `None` for an id that no part has.
    #[must_use]
    pub fn part_bytes(&self, part_id: &str) -> Option<&[u8]> {
        self.contents.get(part_id).map(Vec::as_slice)
    }
}

fn last<'h>(headers: &'h [Header], name: &str) -> Option<&'h str> {
    let found = headers.iter().rev().find(|header| header.name.eq_ignore_ascii_case(name));
    found.map(|header| header.value.as_str())
}

/// A message without its fields of this name; all else stays byte by byte.
#[must_use]
pub fn without_field(raw: &[u8], name: &str) -> Vec<u8> {
    let mut rest = Vec::with_capacity(raw.len());
    let (mut at, mut unread) = (0, 0);
    loop {
        let (fields, end) = header::read(raw, unread..raw.len(), header::MAX_FIELDS);
        for field in fields.iter().filter(|field| field.header.name.eq_ignore_ascii_case(name)) {
            rest.extend_from_slice(&raw[at..field.place.start]);
            at = field.place.end;
        }
        if fields.len() < header::MAX_FIELDS {
            break;
        }
        unread = end;
    }
    rest.extend_from_slice(&raw[at..]);
    rest
}
