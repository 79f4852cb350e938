//! The tree of parts, each with its decoded bytes and, where it is text, its characters.

use std::collections::BTreeMap;

use mail_parser::{
    Encoding, Header as ParsedHeader, HeaderValue, Message, MessagePart, MimeHeaders as _, PartType,
    decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode},
};
use tornister_protocol::mail::EmailBodyValue;

use super::{BodyPart, Header, text};

/// Multiparts inside multiparts beyond this depth are shown as one attachment.
const MAX_DEPTH: usize = 50;

/// Everything below a message's header.
pub(super) struct Tree {
    pub(super) root: BodyPart,
    pub(super) values: BTreeMap<String, EmailBodyValue>,
    pub(super) contents: BTreeMap<String, Vec<u8>>,
    pub(super) is_truncated: bool,
}

/// A message without header and body, for bytes that are none.
pub(super) fn empty<'a>() -> Message<'a> {
    Message { parts: vec![MessagePart::default()], ..Message::default() }
}

/// How many parts may be nested in others, at most; cheap, and before any parsing.
pub(super) fn nesting_hints(raw: &[u8]) -> usize {
    let count = |word: &[u8]| raw.windows(word.len()).filter(|at| at.eq_ignore_ascii_case(word)).count();
    count(b"multipart") + count(b"rfc822") + count(b"message/global")
}

/// Reads all parts of a message.
pub(super) fn read(message: &Message<'_>) -> Tree {
    let mut reader = Reader {
        message,
        values: BTreeMap::new(),
        contents: BTreeMap::new(),
        is_truncated: false,
        next_id: 1,
    };
    let root = reader.part(0, 0, false);
    let Reader { values, contents, is_truncated, .. } = reader;
    Tree { root, values, contents, is_truncated }
}

struct Reader<'a> {
    message: &'a Message<'a>,
    values: BTreeMap<String, EmailBodyValue>,
    contents: BTreeMap<String, Vec<u8>>,
    is_truncated: bool,
    next_id: usize,
}

impl Reader<'_> {
    fn part(&mut self, index: usize, depth: usize, in_digest: bool) -> BodyPart {
        let Some(part) = self.message.parts.get(index) else { return BodyPart::default() };
        let mut read = described(part, &self.message.raw_message, in_digest);
        match &part.body {
            PartType::Multipart(children)
                if depth < MAX_DEPTH && read.media_type.starts_with("multipart/") =>
            {
                // Looking for every inner end as well would cost a pass over the message for each.
                self.is_truncated |= depth == 0 && self.lacks_its_end(part);
                let digest = read.media_type == "multipart/digest";
                let children =
                    children.iter().filter(|&&child| child as usize > index).map(|&child| child as usize);
                read.sub_parts = Some(
                    children
                        .collect::<Vec<_>>()
                        .into_iter()
                        .map(|child| self.part(child, depth + 1, digest))
                        .collect(),
                );
            }
            _ => self.leaf(part, &mut read),
        }
        read
    }

    fn leaf(&mut self, part: &MessagePart<'_>, read: &mut BodyPart) {
        let id = self.next_id.to_string();
        self.next_id += 1;
        if read.media_type.starts_with("multipart/") {
            "application/octet-stream".clone_into(&mut read.media_type);
        }
        let (bytes, damaged) = decoded(part, &self.message.raw_message);
        if read.media_type.starts_with("text/") {
            let (value, unknown) = text::decode(&bytes, read.charset.as_deref());
            let is_encoding_problem = unknown || damaged || part.is_encoding_problem;
            let value = EmailBodyValue { value, is_encoding_problem, is_truncated: false };
            self.values.insert(id.clone(), value);
        }
        read.size = bytes.len() as u64;
        read.part_id = Some(id.clone());
        self.contents.insert(id, bytes);
    }

    fn lacks_its_end(&self, part: &MessagePart<'_>) -> bool {
        let boundary = part.content_type().and_then(|media_type| media_type.attribute("boundary"));
        boundary.is_some_and(|boundary| {
            let end = format!("--{boundary}--");
            let body = self.message.raw_message.get(part.offset_body as usize..).unwrap_or_default();
            !body.windows(end.len()).any(|at| at == end.as_bytes())
        })
    }
}

/// What the part's own fields say about it.
fn described(part: &MessagePart<'_>, raw: &[u8], in_digest: bool) -> BodyPart {
    let (media_type, declared) = match part.content_type() {
        Some(found) => {
            let subtype =
                found.subtype().unwrap_or(if found.ctype() == "text" { "plain" } else { "octet-stream" });
            (format!("{}/{subtype}", found.ctype()).to_ascii_lowercase(), found.attribute("charset"))
        }
        None if in_digest => ("message/rfc822".to_owned(), None),
        None => ("text/plain".to_owned(), None),
    };
    let is_text = media_type.starts_with("text/");
    BodyPart {
        part_id: None,
        size: 0,
        headers: part.headers.iter().map(|header| raw_header(header, raw)).collect(),
        name: part.attachment_name().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned),
        charset: declared.map(str::to_owned).or_else(|| is_text.then(|| "us-ascii".to_owned())),
        media_type,
        disposition: part.content_disposition().map(|found| found.ctype().to_ascii_lowercase()),
        cid: part.content_id().map(|id| id.trim().trim_matches(['<', '>']).to_owned()),
        language: list(part.content_language()),
        location: part.content_location().map(str::to_owned),
        sub_parts: None,
    }
}

fn list(value: &HeaderValue<'_>) -> Option<Vec<String>> {
    match value {
        HeaderValue::Text(one) => Some(vec![one.clone().into_owned()]),
        HeaderValue::TextList(many) => Some(many.iter().map(|one| one.clone().into_owned()).collect()),
        _ => None,
    }
}

fn raw_header(header: &ParsedHeader<'_>, raw: &[u8]) -> Header {
    let value = raw.get(header.offset_start as usize..header.offset_end as usize).unwrap_or_default();
    let value = String::from_utf8_lossy(value).replace('\0', "");
    Header { name: header.name().to_owned(), value: value.trim_end_matches(['\r', '\n']).to_owned() }
}

/// The part's bytes without their transfer encoding, and whether that was damaged.
fn decoded(part: &MessagePart<'_>, raw: &[u8]) -> (Vec<u8>, bool) {
    match &part.body {
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => (bytes.to_vec(), false),
        _ => {
            let bytes = raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
            let decoded = match part.encoding {
                Encoding::None => Some(bytes.to_vec()),
                Encoding::QuotedPrintable => quoted_printable_decode(bytes),
                Encoding::Base64 => base64_decode(bytes),
            };
            decoded.map_or_else(|| (bytes.to_vec(), true), |bytes| (bytes, false))
        }
    }
}
