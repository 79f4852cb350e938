//! How a server's object becomes a stored record. The payload stays the object's JSON text as the
//! server sent it, so properties that this version does not know survive; only ids, dates and
//! mailboxes are read out into index keys, which stay plain beside the sealed payload (D8).
//!
//! Keys sort as the screens list: where the newest comes first, the key holds the time counted
//! down, so that every list is one forward range read without a cursor.

mod keys;
mod wanted;

pub use keys::{
    DAY, DONE, FOLDER, OPEN, ORDER, THREAD, UNREAD, WANTED, counted_down, day_range, prefix_range,
};

pub(crate) use wanted::{WantedBlob, WantedBody};

use serde_json::value::RawValue;

use crate::kind::Kind;

/// One stored object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is.
    pub kind: Kind,
    /// Its id, unique within the kind.
    pub id: String,
    /// Where lists find it; see the module's constants. Plain text in storage.
    pub keys: Vec<String>,
    /// JSON text; for a [`Kind::Blob`] the bytes themselves. Sealed in storage.
    pub payload: Vec<u8>,
}

/// An object that is not of the form that its type has.
#[derive(Debug, thiserror::Error)]
#[error("a {kind:?} object of the server cannot be read: {source}")]
pub struct BadObject {
    /// The type.
    pub kind: Kind,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

impl Record {
    /// The record of an object that the server sent.
    ///
    /// # Errors
    /// Where the text is not an object of this kind.
    pub fn from_object(kind: Kind, object: &RawValue) -> Result<Self, BadObject> {
        Self::from_json(kind, object.get())
    }

    /// The record of an object's JSON text.
    ///
    /// # Errors
    /// Where the text is not an object of this kind.
    pub fn from_json(kind: Kind, json: &str) -> Result<Self, BadObject> {
        let (id, keys) = keys::of(kind, json).map_err(|source| BadObject { kind, source })?;
        Ok(Self { kind, id, keys, payload: json.as_bytes().to_vec() })
    }
}
