//! A message's or part's header, cut into its fields (RFC 5322 §2.2).

use std::ops::Range;

use encoding_rs::WINDOWS_1252;
use mail_parser::{ContentType, HeaderValue, parsers::MessageStream};
use memchr::memchr2;

use super::Header;

/// One field, and where it stands.
pub(super) struct Field {
    pub(super) header: Header,
    /// With its line end.
    pub(super) place: Range<usize>,
}

/// Fields of one header, at most: each takes many times the room of the few bytes that make one.
pub(super) const MAX_FIELDS: usize = 1_000;

/// The first `most` fields in `raw[place]`, and where the body begins: after an empty line, or where a line is no
/// field or one too many, so that nothing is lost of a header without an end.
pub(super) fn read(raw: &[u8], place: Range<usize>, most: usize) -> (Vec<Field>, usize) {
    let mut fields: Vec<Field> = Vec::new();
    let mut at = place.start;
    while at < place.end {
        let end = line_end(raw, at, place.end);
        let line = &raw[at..end];
        let text = line.trim_ascii_end();
        if text.is_empty() && !line.starts_with(b" ") && !line.starts_with(b"\t") {
            at = end;
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            match fields.last_mut() {
                Some(field) => field.place.end = end,
                None => break,
            }
        } else if let Some(colon) = name_end(line).filter(|_| fields.len() < most) {
            let name = String::from_utf8_lossy(line[..colon].trim_ascii_end()).into_owned();
            let header = Header { name, value: String::new() };
            fields.push(Field { header, place: at..end });
        } else if !is_mbox_separator(line, at == place.start) && line.first() != Some(&b':') {
            break;
        }
        at = end;
    }
    for field in &mut fields {
        field.header.value = value(&raw[field.place.clone()]);
    }
    (fields, at)
}

/// Just behind the line that begins at `at`: `\r\n`, `\n` and `\r` end lines.
pub(super) fn line_end(raw: &[u8], at: usize, limit: usize) -> usize {
    let rest = &raw[at..limit];
    match memchr2(b'\n', b'\r', rest) {
        Some(end) if rest[end..].starts_with(b"\r\n") => at + end + 2,
        Some(end) => at + end + 1,
        None => limit,
    }
}

/// Where the colon stands behind a name, which may have blanks behind it (RFC 5322 §4.5).
fn name_end(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(colon)
}

/// `From sender date`, which mbox files have before each message.
fn is_mbox_separator(line: &[u8], is_first: bool) -> bool {
    is_first && (line.starts_with(b"From ") || line.starts_with(b">From "))
}

/// What stands behind the colon, still folded and encoded.
fn value(field: &[u8]) -> String {
    let colon = field.iter().position(|byte| *byte == b':').map_or(field.len(), |colon| colon + 1);
    let mut value = &field[colon..];
    while let [rest @ .., b'\r' | b'\n'] = value {
        value = rest;
    }
    let value = match std::str::from_utf8(value) {
        Ok(value) => value.to_owned(),
        Err(_) => repaired(value),
    };
    value.replace('\0', "")
}

/// Bytes that are no UTF-8: inside an encoded word they are in its charset and only lack their
/// encoding; elsewhere somebody's old program wrote Latin 1.
fn repaired(value: &[u8]) -> String {
    let mut text = String::new();
    for word in value.split_inclusive(|byte| *byte == b' ') {
        let is_q = word.windows(3).any(|at| at.eq_ignore_ascii_case(b"?q?"));
        match std::str::from_utf8(word) {
            Ok(word) => text.push_str(word),
            Err(_) if is_q => text.extend(word.iter().map(|byte| match byte {
                0x80.. => format!("={byte:02X}"),
                _ => char::from(*byte).to_string(),
            })),
            Err(_) => text.push_str(&WINDOWS_1252.decode_without_bom_handling(word).0),
        }
    }
    text
}

/// A value on one line, as the library's parsers read it. Where a fold follows `=`, or stands
/// between encoded words, it is not part of the value.
pub(super) fn unfolded(value: &str) -> String {
    let mut line = String::with_capacity(value.len() + 2);
    let mut pieces = value.split(['\r', '\n']).filter(|piece| !piece.is_empty());
    line.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let piece = piece.trim_start_matches([' ', '\t']);
        let joins = line.trim_end().ends_with('=') && !piece.starts_with('=')
            || line.trim_end().ends_with("?=") && piece.starts_with("=?");
        if joins {
            line.truncate(line.trim_end().len());
        } else if !line.ends_with([' ', '\t']) {
            line.push(' ');
        }
        line.push_str(piece);
    }
    line.push_str("\r\n");
    line
}

/// A Content-Type or Content-Disposition field's value.
pub(super) fn content_type(value: &str) -> Option<ContentType<'static>> {
    let line = unfolded(value);
    match MessageStream::new(line.as_bytes()).parse_content_type().into_owned() {
        HeaderValue::ContentType(found) => Some(found),
        _ => None,
    }
}
