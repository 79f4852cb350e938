//! The one way in which stored and received JSON is read. Every reader of another kind (from bytes,
//! from a tree) would bring its own copy of each type's code to the phone.

use serde::de::{DeserializeOwned, Error as _};

/// Reads JSON text from bytes.
///
/// # Errors
/// Where the bytes are not UTF-8, or the text is not of this type.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let text = std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
    serde_json::from_str(text)
}
