//! Encoded words (RFC 2047): characters beyond ASCII, in header fields.

use encoding_rs::Encoding;
use mail_parser::decoders::charsets::map::charset_decoder;

use super::{tokens::is_blank, transfer};

/// A line with its encoded words decoded. Only what stands between white space is one (§5), and white
/// space between two of them is not part of the text (§6.2).
pub(super) fn decode(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut is_behind_word = false;
    let mut rest = line;
    while !rest.is_empty() {
        let (gap, behind) = rest.split_at(rest.find(|c| !is_blank(c)).unwrap_or(rest.len()));
        let (token, behind) = behind.split_at(behind.find(is_blank).unwrap_or(behind.len()));
        rest = behind;
        let word = word(token);
        if !is_behind_word || word.is_none() {
            text.push_str(gap);
        }
        is_behind_word = word.is_some();
        text.push_str(word.as_deref().unwrap_or(token));
    }
    text
}

/// What an encoded word says, without the control characters in it (RFC 8621 §4.1.2.2); `None` where it is
/// no encoded word, or nobody knows its charset.
pub(super) fn word(token: &str) -> Option<String> {
    let inner = token.strip_prefix("=?")?.strip_suffix("?=")?;
    let (charset, inner) = inner.split_once('?')?;
    let (encoding, content) = inner.split_once('?')?;
    // Two words without white space between them are none.
    if content.contains("?=") || content.contains("=?") {
        return None;
    }
    let bytes = match encoding {
        "Q" | "q" => q(content),
        // Some programs put several pieces, each with its padding, into one word.
        "B" | "b" => content.split('=').flat_map(|piece| transfer::base64(piece.as_bytes()).0).collect(),
        _ => return None,
    };
    // A language may stand behind the charset (RFC 2231 §5).
    let text = characters(charset.split('*').next()?, &bytes)?;
    Some(text.chars().filter(|character| !character.is_control()).collect())
}

/// The encoding of §4.2; what is no escape stays as it stands.
fn q(content: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(content.len());
    let mut rest = content.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        let escape = (*byte == b'=').then(|| behind.split_at_checked(2)).flatten();
        match escape.and_then(|(digits, behind)| Some((transfer::hex(digits)?, behind))) {
            Some((escaped, behind)) => {
                decoded.push(escaped);
                rest = behind;
            }
            None => decoded.push(if *byte == b'_' { b' ' } else { *byte }),
        }
    }
    decoded
}

fn characters(charset: &str, bytes: &[u8]) -> Option<String> {
    if let Some(encoding) = Encoding::for_label(charset.as_bytes()) {
        return Some(encoding.decode_without_bom_handling(bytes).0.into_owned());
    }
    // UTF-7 and code pages that browsers do not know.
    charset_decoder(charset.as_bytes()).map(|decode| decode(bytes))
}
