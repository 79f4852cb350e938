//! A draft becomes a message (RFC 5322), written by a library. What would break out of its field or line
//! is taken out.

mod media_type;

pub use media_type::media_type;

use mail_builder::{
    MessageBuilder,
    encoders::base64::Base64Encoder,
    headers::{
        HeaderType, address::Address, content_type::ContentType, message_id::MessageId, raw::Raw, text::Text,
        url::URL,
    },
    mime::{BodyPart, MimePart},
};
use mail_parser::DateTime;
use tornister_protocol::mail::EmailAddress;

use super::{AddressGroup, tokens::delimited};

/// Of text in one encoded word, which may have 75 characters (RFC 2047 §2).
const MOST_WORD_BYTES: usize = 42;

/// A header field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// As it shall stand; line breaks are unfolded.
    Raw(String),
    /// To be encoded where it is not ASCII.
    Text(String),
    /// Names and addresses.
    Addresses(Vec<EmailAddress>),
    /// The same, in groups.
    Groups(Vec<AddressGroup>),
    /// Without angle brackets.
    MessageIds(Vec<String>),
    /// RFC 3339, with an offset.
    Date(String),
    /// Without angle brackets.
    Urls(Vec<String>),
}

/// What is in a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Characters; they are written as UTF-8.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Parts of a multipart.
    Parts(Vec<Part>),
}

/// One part of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Such as `text/plain`; a Content-Type among the fields counts instead.
    pub media_type: String,
    /// What is in it.
    pub content: Content,
    /// A file name.
    pub name: Option<String>,
    /// Of bytes that are a text.
    pub charset: Option<String>,
    /// `attachment` or `inline`.
    pub disposition: Option<String>,
    /// Without angle brackets.
    pub cid: Option<String>,
    /// Language tags.
    pub language: Vec<String>,
    /// A URI.
    pub location: Option<String>,
    /// Further fields.
    pub headers: Vec<(String, Field)>,
}

impl Part {
    /// A part with nothing but its content.
    #[must_use]
    pub fn new(media_type: &str, content: Content) -> Self {
        Self {
            media_type: media_type.to_owned(),
            content,
            name: None,
            charset: None,
            disposition: None,
            cid: None,
            language: Vec::new(),
            location: None,
            headers: Vec::new(),
        }
    }
}

/// A message to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// In order; a Message-ID and a Date are among them.
    pub headers: Vec<(String, Field)>,
    /// The outermost part.
    pub body: Part,
    /// Characters that stand in no part: the boundaries begin with them.
    pub boundary: String,
}

/// Writes a draft.
#[must_use]
pub fn compose(mut draft: Draft) -> Vec<u8> {
    lift_fields(&mut draft);
    let mut message = MessageBuilder::new();
    for (name, field) in draft.headers {
        message = message.header(canonical(name), value(field));
    }
    let mut count = 0;
    let message = message.body(part(draft.body, &draft.boundary, &mut count));
    let mut bytes = Vec::new();
    message.serialize(&mut bytes);
    bytes
}

/// The outermost part has one header with the message: what is not about its content stands among the
/// message's fields, which count where both have it.
fn lift_fields(draft: &mut Draft) {
    let is_about_content = |(name, _): &(String, Field)| name.to_ascii_lowercase().starts_with("content-");
    let (own, mut lifted): (Vec<_>, Vec<_>) =
        std::mem::take(&mut draft.body.headers).into_iter().partition(is_about_content);
    draft.body.headers = own;
    lifted.retain(|(name, _)| !draft.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)));
    draft.headers.append(&mut lifted);
}

/// The library looks for these as it writes them itself.
fn canonical(name: String) -> String {
    let known = ["Date", "Message-ID", "MIME-Version"];
    known.into_iter().find(|known| known.eq_ignore_ascii_case(&name)).map(str::to_owned).unwrap_or(name)
}

/// Without what could end a line.
fn line(text: &str) -> String {
    let unfolded = text.replace("\r\n", "\n").replace('\n', " ");
    unfolded.chars().filter(|character| !character.is_control() || *character == '\t').collect()
}

/// A word that stands in angle brackets.
fn word(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace() && !['<', '>'].contains(c)).collect()
}

fn address(address: EmailAddress) -> Address<'static> {
    let name = address.name.map(|name| line(&name)).filter(|name| !name.is_empty());
    Address::new_address(name, mailbox(&line(&address.email)))
}

/// An address's characters; a quoted local part (RFC 5322 §3.4.1) keeps its blanks and brackets.
fn mailbox(email: &str) -> String {
    let quoted = email.starts_with('"').then(|| delimited(email)).flatten();
    match quoted {
        Some((local, behind)) if behind.starts_with('@') => format!("\"{local}\"{}", word(behind)),
        _ => word(email),
    }
}

/// A text; one that only looks like an encoded word (RFC 2047 §2) is encoded, or it would be read as one.
fn unstructured(text: String) -> HeaderType<'static> {
    if !text.contains("=?") {
        return Text::new(text).into();
    }
    let mut words = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(MOST_WORD_BYTES));
        rest = after;
        let mut encoded = Vec::new();
        Base64Encoder::new().encode_into(chunk.as_bytes(), &mut encoded);
        words.push(format!("=?utf-8?B?{}?=", String::from_utf8_lossy(&encoded)));
    }
    // White space between two encoded words is not part of the text (RFC 2047 §6.2).
    Raw::new(words.join(" ")).into()
}

fn value(field: Field) -> HeaderType<'static> {
    match field {
        Field::Raw(raw) => Raw::new(line(&raw).trim_start().to_owned()).into(),
        // A tab inside an encoded word is a control character, and would be dropped.
        Field::Text(text) => unstructured(line(&text).replace('\t', " ")),
        Field::Addresses(list) => Address::new_list(list.into_iter().map(address).collect()).into(),
        Field::Groups(groups) => {
            let groups = groups.into_iter().flat_map(|group| {
                let addresses: Vec<Address<'static>> = group.addresses.into_iter().map(address).collect();
                match group.name {
                    Some(name) => vec![Address::new_group(Some(line(&name)), addresses)],
                    None => addresses,
                }
            });
            Address::new_list(groups.collect()).into()
        }
        Field::MessageIds(ids) => MessageId::new_list(ids.iter().map(|id| word(id))).into(),
        Field::Date(text) => {
            let date = DateTime::parse_rfc3339(&text).map(|date| date.to_rfc822());
            Raw::new(date.unwrap_or_else(|| line(&text))).into()
        }
        Field::Urls(urls) => URL::new_list(urls.iter().map(|url| word(url))).into(),
    }
}

fn part(mut source: Part, boundary: &str, count: &mut usize) -> MimePart<'static> {
    let given = media_type::take(&mut source.headers);
    let mut media_type = given.unwrap_or_else(|| ContentType::new(source.media_type));
    // RFC 2046 §5.2.1: a message in a message is never encoded.
    let mut encoding = media_type.c_type.starts_with("message/").then_some("8bit");
    let body: BodyPart<'static> = match source.content {
        Content::Text(text) => {
            media_type::set(&mut media_type, "charset", "utf-8".to_owned());
            BodyPart::Text(text.into())
        }
        Content::Bytes(bytes) => {
            if let Some(charset) = source.charset {
                media_type::add(&mut media_type, "charset", word(&charset));
            }
            if media_type.is_text() && has_bare_line_end(&bytes) {
                encoding = Some("base64");
                let mut encoded = Vec::new();
                Base64Encoder::new().wrap_lines().encode_into(&bytes, &mut encoded);
                BodyPart::Binary(encoded.into())
            } else {
                BodyPart::Binary(bytes.into())
            }
        }
        Content::Parts(parts) => {
            *count += 1;
            media_type::set(&mut media_type, "boundary", format!("{boundary}-{count}"));
            BodyPart::Multipart(parts.into_iter().map(|inner| part(inner, boundary, count)).collect())
        }
    };
    let name = source.name.map(|name| line(&name));
    if let (Some(name), None) = (&name, &source.disposition) {
        media_type::add(&mut media_type, "name", name.clone());
    }
    let mut written = MimePart::new(media_type, body);
    if let Some(disposition) = source.disposition {
        let mut disposition = ContentType::new(word(&disposition));
        if let Some(name) = name {
            disposition = disposition.attribute("filename", name);
        }
        written = written.header("Content-Disposition", disposition);
    }
    if let Some(cid) = source.cid {
        written = written.cid(word(&cid));
    }
    if !source.language.is_empty() {
        written = written.header("Content-Language", Raw::new(line(&source.language.join(", "))));
    }
    if let Some(location) = source.location {
        written = written.location(word(&location));
    }
    for (name, field) in source.headers {
        written = written.header(name, value(field));
    }
    match encoding {
        Some(encoding) => written.transfer_encoding(encoding),
        None => written,
    }
}

/// Whether a line ends with CR or LF alone, which does not outlive the way as text (RFC 2046 §4.1.1).
fn has_bare_line_end(bytes: &[u8]) -> bool {
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    [b'\r', b'\n'].iter().any(|end| bytes.iter().filter(|byte| *byte == end).count() != pairs)
}
