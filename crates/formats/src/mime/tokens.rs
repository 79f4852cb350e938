//! What structured header fields are made of (RFC 5322 §3.2).

use std::borrow::Cow;

/// White space within a line.
pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// A value on one line: line ends before white space go and the white space stays (§2.2.3). A line end
/// elsewhere is no fold, and counts as a blank.
pub(super) fn unfold(value: &str) -> Cow<'_, str> {
    if !value.contains(['\r', '\n']) {
        return Cow::Borrowed(value);
    }
    let mut line = String::with_capacity(value.len());
    for piece in value.split(['\r', '\n']).filter(|piece| !piece.is_empty()) {
        if !line.is_empty() && !piece.starts_with(is_blank) {
            line.push(' ');
        }
        line.push_str(piece);
    }
    Cow::Owned(line)
}
