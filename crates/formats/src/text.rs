//! Which characters a text file holds: UTF-8, or ISO-8859-1 as older programs write it.

use std::borrow::Cow;

use encoding_rs::{UTF_8, WINDOWS_1252};

/// The characters of a whole file. What is no UTF-8 is read as Windows-1252, whose printable part is
/// ISO-8859-1 and a few more; every byte means something there.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let (text, _, invalid) = UTF_8.decode(bytes);
    if invalid { WINDOWS_1252.decode(bytes).0 } else { text }
}
