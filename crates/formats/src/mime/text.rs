//! Bytes become characters.

mod utf_7;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The characters of a text part, with `\n` for `\r\n` (RFC 8621 §4.1.4), and whether bytes were met that
/// the charset does not know. A text that declares nothing, or plain ASCII, is often UTF-8 or Latin 1 in
/// truth.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>) -> (String, bool) {
    let declared = charset.filter(|name| !name.eq_ignore_ascii_case("us-ascii"));
    let (text, problem) = match declared.map(|name| Encoding::for_label(name.as_bytes())) {
        Some(Some(encoding)) => {
            let (text, _, problem) = encoding.decode(bytes);
            (text.into_owned(), problem)
        }
        Some(None)
            if declared.is_some_and(|name| utf_7::NAMES.contains(&name.to_ascii_lowercase().as_str())) =>
        {
            utf_7::decode(bytes)
        }
        unknown => {
            let (text, _, invalid) = UTF_8.decode(bytes);
            if invalid {
                (WINDOWS_1252.decode(bytes).0.into_owned(), true)
            } else {
                (text.into_owned(), unknown.is_some())
            }
        }
    };
    (if text.contains('\r') { text.replace("\r\n", "\n") } else { text }, problem)
}

/// At most `limit` characters of a text on one line, without leading or doubled spaces.
#[must_use]
pub fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= limit {
            break;
        }
        if gap {
            line.push(' ');
            length += 1;
        }
        gap = false;
        line.push(character);
        length += 1;
    }
    line
}
