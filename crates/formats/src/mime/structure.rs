//! The tree of parts (RFC 2046 §5), each with its decoded bytes and, where it is text, its characters.

use std::{collections::BTreeMap, ops::Range};

use mail_parser::ContentType;
use tornister_protocol::mail::EmailBodyValue;

use super::{
    BodyPart, Header,
    header::{self, content_type, line_end},
    text,
    tokens::{bracketed, without_comments},
    transfer::Encoding,
};

/// Multiparts inside multiparts beyond this depth are shown as one attachment; each level costs stack
/// and a pass over the message.
const MAX_DEPTH: usize = 50;
/// Parts of a message, at most; what comes after them is one attachment. A part that takes five bytes costs a
/// thousand to keep.
const MAX_PARTS: usize = 1_000;
/// Header fields of all parts, at most.
const MAX_FIELDS: usize = 10_000;

/// Everything in a message.
pub(super) struct Tree {
    pub(super) root: BodyPart,
    pub(super) values: BTreeMap<String, EmailBodyValue>,
    pub(super) contents: BTreeMap<String, Vec<u8>>,
    pub(super) is_truncated: bool,
}

/// Reads all parts of a message.
pub(super) fn read(raw: &[u8]) -> Tree {
    let mut reader = Reader {
        raw,
        values: BTreeMap::new(),
        contents: BTreeMap::new(),
        is_truncated: false,
        next_id: 1,
        parts: 0,
        fields: 0,
    };
    let root = reader.part(0..raw.len(), 0, false);
    let Reader { values, contents, is_truncated, .. } = reader;
    Tree { root, values, contents, is_truncated }
}

struct Reader<'a> {
    raw: &'a [u8],
    values: BTreeMap<String, EmailBodyValue>,
    contents: BTreeMap<String, Vec<u8>>,
    is_truncated: bool,
    next_id: usize,
    /// Read so far.
    parts: usize,
    fields: usize,
}

impl Reader<'_> {
    fn part(&mut self, place: Range<usize>, depth: usize, in_digest: bool) -> BodyPart {
        self.parts += 1;
        let most = header::MAX_FIELDS.min(MAX_FIELDS - self.fields);
        let (fields, body) = header::read(self.raw, place.clone(), most);
        self.fields += fields.len();
        let headers: Vec<Header> = fields.into_iter().map(|field| field.header).collect();
        let declared = first(&headers, "Content-Type").and_then(content_type);
        let encoding =
            first(&headers, "Content-Transfer-Encoding").map_or(Encoding::Identity, Encoding::named);
        let mut read = described(headers, declared.as_ref(), in_digest);
        let body = body..place.end;
        if read.media_type.starts_with("multipart/") {
            let boundary = declared.as_ref().and_then(|declared| declared.attribute("boundary"));
            let cut = boundary.and_then(|boundary| self.cut(body.clone(), boundary.trim_end()));
            match cut {
                Some((parts, is_whole)) if depth < MAX_DEPTH => {
                    self.is_truncated |= depth == 0 && !is_whole;
                    let digest = read.media_type == "multipart/digest";
                    read.sub_parts = Some(self.parts(parts, body.end, depth + 1, digest));
                    return read;
                }
                Some(_) => "application/octet-stream".clone_into(&mut read.media_type),
                // Without a delimiter it is one piece, which somebody may want to read.
                None => {
                    self.is_truncated |= depth == 0;
                    "text/plain".clone_into(&mut read.media_type);
                    read.charset = Some("us-ascii".to_owned());
                }
            }
        }
        self.leaf(body, encoding, &mut read);
        read
    }

    /// The parts in these places; where they are too many, what is left up to `end` is one of no type.
    fn parts(
        &mut self,
        places: Vec<Range<usize>>,
        end: usize,
        depth: usize,
        in_digest: bool,
    ) -> Vec<BodyPart> {
        let mut parts = Vec::new();
        for place in places {
            if self.parts < MAX_PARTS {
                parts.push(self.part(place, depth, in_digest));
                continue;
            }
            let mut rest = described(Vec::new(), None, false);
            "application/octet-stream".clone_into(&mut rest.media_type);
            rest.charset = None;
            self.leaf(place.start..end, Encoding::Identity, &mut rest);
            parts.push(rest);
            break;
        }
        parts
    }

    fn leaf(&mut self, body: Range<usize>, encoding: Encoding, read: &mut BodyPart) {
        let id = self.next_id.to_string();
        self.next_id += 1;
        let (bytes, damaged) = encoding.decode(self.raw.get(body).unwrap_or_default());
        if read.media_type.starts_with("text/") {
            let (value, unknown) = text::decode(&bytes, read.charset.as_deref());
            let value =
                EmailBodyValue { value, is_encoding_problem: unknown || damaged, is_truncated: false };
            self.values.insert(id.clone(), value);
        }
        read.size = bytes.len() as u64;
        read.part_id = Some(id.clone());
        self.contents.insert(id, bytes);
    }

    /// The places of a multipart's parts, and whether it has its end; `None` where no line delimits any.
    fn cut(&self, body: Range<usize>, boundary: &str) -> Option<(Vec<Range<usize>>, bool)> {
        let mut parts = Vec::new();
        let mut begun = None;
        let mut at = body.start;
        while at < body.end {
            let end = line_end(self.raw, at, body.end);
            if let Some(is_last) = delimits(&self.raw[at..end], boundary.as_bytes()) {
                // Two delimiters in a row have no part between them.
                if let Some(start) = begun.replace(end).filter(|start| *start < at) {
                    parts.push(start..self.before_line_end(start, at));
                } else if is_last && parts.is_empty() {
                    return None;
                }
                if is_last || parts.len() > MAX_PARTS {
                    return Some((parts, true));
                }
            }
            at = end;
        }
        parts.push(begun?..body.end);
        Some((parts, false))
    }

    /// The line end before a delimiter belongs to it (RFC 2046 §5.1.1).
    fn before_line_end(&self, start: usize, at: usize) -> usize {
        let part = &self.raw[start..at];
        let end = [&b"\r\n"[..], b"\n", b"\r"].into_iter().find(|end| part.ends_with(end));
        at - end.map_or(0, <[u8]>::len)
    }
}

/// Whether a line is `--boundary` or, then true, `--boundary--`; blanks may follow.
fn delimits(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// Of several fields that say what a part is, its first one counts, as in other readers.
fn first<'h>(headers: &'h [Header], name: &str) -> Option<&'h str> {
    let found = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
    found.map(|header| header.value.as_str())
}

/// What the part's own fields say about it.
fn described(headers: Vec<Header>, declared: Option<&ContentType<'_>>, in_digest: bool) -> BodyPart {
    let (media_type, charset) = match declared {
        Some(found) => {
            let subtype =
                found.subtype().unwrap_or(if found.ctype() == "text" { "plain" } else { "octet-stream" });
            (format!("{}/{subtype}", found.ctype()).to_ascii_lowercase(), found.attribute("charset"))
        }
        None if in_digest => ("message/rfc822".to_owned(), None),
        None => ("text/plain".to_owned(), None),
    };
    let is_text = media_type.starts_with("text/");
    let disposition = first(&headers, "Content-Disposition").and_then(content_type);
    let name = disposition.as_ref().and_then(|found| found.attribute("filename"));
    let name = name.or_else(|| declared.and_then(|found| found.attribute("name")));
    BodyPart {
        part_id: None,
        size: 0,
        name: name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned),
        charset: charset.map(str::to_owned).or_else(|| is_text.then(|| "us-ascii".to_owned())),
        media_type,
        disposition: disposition.map(|found| found.ctype().to_ascii_lowercase()),
        cid: first(&headers, "Content-ID").map(content_id),
        language: first(&headers, "Content-Language").map(languages),
        location: first(&headers, "Content-Location").map(|location| location.trim().to_owned()),
        headers,
        sub_parts: None,
    }
}

/// What stands in the first brackets; some programs write none.
fn content_id(value: &str) -> String {
    let bare = || without_comments(value).trim().trim_matches(['<', '>']).to_owned();
    bracketed(value).into_iter().next().unwrap_or_else(bare)
}

/// RFC 3282 §2.
fn languages(value: &str) -> Vec<String> {
    let value = without_comments(value);
    value.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}
