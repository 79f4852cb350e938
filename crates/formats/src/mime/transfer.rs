//! Transfer encodings (RFC 2045 §6), read as far as they can be: a damaged byte costs itself only.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::general_purpose::{GeneralPurpose, NO_PAD},
};
use memchr::memchr;

/// How a part's bytes are encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Base64,
    QuotedPrintable,
    /// What mail had before MIME; some programs still send it.
    Uuencode,
    /// Not known: the bytes stay as they are.
    Unknown,
}

impl Encoding {
    /// From a Content-Transfer-Encoding field.
    pub(super) fn named(value: &str) -> Self {
        let name = value.split('(').next().unwrap_or_default().trim();
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("base64") {
            Self::Base64
        } else if is("quoted-printable") {
            Self::QuotedPrintable
        } else if ["x-uuencode", "x-uue", "uuencode", "uue"].into_iter().any(is) {
            Self::Uuencode
        } else if name.is_empty() || is("7bit") || is("8bit") || is("binary") {
            Self::Identity
        } else {
            Self::Unknown
        }
    }

    /// The decoded bytes, and whether something in them was damaged.
    pub(super) fn decode(self, bytes: &[u8]) -> (Vec<u8>, bool) {
        match self {
            Self::Identity => (bytes.to_vec(), false),
            Self::Unknown => (bytes.to_vec(), true),
            Self::Base64 => base64(bytes),
            Self::QuotedPrintable => quoted_printable(bytes),
            Self::Uuencode => uuencode(bytes).map_or_else(|| (bytes.to_vec(), true), |bytes| (bytes, false)),
        }
    }
}

/// Padding may be missing, and its bits may be anything.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// Bytes outside of the alphabet are skipped, and padding may be missing.
pub(super) fn base64(bytes: &[u8]) -> (Vec<u8>, bool) {
    // Behind the padding stand footers of mailing lists, if anything.
    let bytes = memchr(b'=', bytes).map_or(bytes, |end| &bytes[..end]);
    let (mut letters, mut rest) = (Vec::with_capacity(bytes.len()), bytes);
    while let Some(end) = memchr(b'\n', rest) {
        letters.extend_from_slice(rest[..end].trim_ascii());
        rest = &rest[end + 1..];
    }
    letters.extend_from_slice(rest.trim_ascii());
    BASE64.decode(&letters).map_or_else(|_| damaged_base64(bytes), |decoded| (decoded, false))
}

/// Letter by letter.
fn damaged_base64(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut count, mut damaged) = (0_u32, 0_u32, false);
    for byte in bytes {
        let Some(value) = base64_value(*byte) else {
            damaged |= !byte.is_ascii_whitespace();
            continue;
        };
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    (decoded, damaged)
}

/// What each byte stands for.
const BASE64_VALUES: [Option<u32>; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [None; 256];
    let mut value = 0;
    while value < 64 {
        values[alphabet[value as usize] as usize] = Some(value);
        value += 1;
    }
    values
};

/// The six bits that a character of the alphabet stands for.
pub(super) fn base64_value(byte: u8) -> Option<u32> {
    BASE64_VALUES[usize::from(byte)]
}

/// What is no escape stays as it stands; blanks before a line's end go (RFC 2045 §6.7).
fn quoted_printable(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut damaged = false;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let content = line.trim_ascii_end();
        let end = [&b"\r\n"[..], b"\n"].into_iter().find(|end| line.ends_with(end)).unwrap_or_default();
        let (content, end) = match content.strip_suffix(b"=") {
            Some(content) => (content, &b""[..]),
            None => (content, end),
        };
        let mut at = 0;
        while at < content.len() {
            let escape = (content[at] == b'=').then(|| content.get(at + 1..at + 3).and_then(hex)).flatten();
            if let Some(byte) = escape {
                decoded.push(byte);
                at += 3;
            } else {
                damaged |= content[at] == b'=';
                decoded.push(content[at]);
                at += 1;
            }
        }
        decoded.extend_from_slice(end);
    }
    (decoded, damaged)
}

/// The first file between `begin` and `end`; `None` where there is none.
fn uuencode(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    lines.find(|line| line.starts_with(b"begin "))?;
    let mut decoded = Vec::new();
    for line in lines.take_while(|line| *line != b"end") {
        let Some((length, groups)) = line.split_first() else { continue };
        let six = |byte: &u8| u32::from(byte.wrapping_sub(b' ') & 0x3f);
        let length = usize::try_from(six(length)).unwrap_or_default();
        let before = decoded.len();
        for group in groups.chunks(4) {
            let bits = (0..4).fold(0, |bits, at| bits << 6 | group.get(at).map_or(0, six));
            decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
        // Blanks at a line's end are zeros that got lost on the way.
        decoded.resize(before + length, 0);
    }
    Some(decoded)
}

/// The byte that two hexadecimal digits stand for.
pub(super) fn hex(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u8::from_str_radix(digits, 16).ok()
}
