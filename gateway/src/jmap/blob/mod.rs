//! Blob (RFC 8620 §6, RFC 9404).

mod copy;
mod get;
mod lookup;
mod upload;

pub use copy::copy;
pub use get::{DIGESTS, get};
pub use lookup::{TYPES, lookup};
pub use upload::{MAX_DATA_SOURCES, upload};

use serde_json::Value;
use tornister_protocol::{
    core::{MethodError, MethodErrorKind},
    id::BlobId,
};

use super::{
    method::{backend_error, bare},
    standard::creation,
};
use crate::backend::{AccountAccess, Blobs};

/// Who gives the bytes of an account.
fn blobs(account: &AccountAccess) -> Result<&dyn Blobs, MethodError> {
    let mail = account.access.sources().mail.as_ref();
    mail.map(|mail| mail.blobs.as_ref()).ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))
}

/// The bytes of an id; none where it is no id at all, too.
async fn bytes(blobs: &dyn Blobs, id: &str) -> Result<Option<Vec<u8>>, MethodError> {
    if !creation::is_id(id) {
        return Ok(None);
    }
    blobs.blob(&BlobId(id.to_owned())).await.map_err(backend_error)
}

/// Some of a blob's bytes: `length` from `offset`, where there are so many; and whether there are fewer.
fn range(bytes: &[u8], offset: usize, length: Option<usize>) -> (&[u8], bool) {
    let rest = bytes.get(offset..).unwrap_or_default();
    match length {
        Some(length) if length <= rest.len() && offset <= bytes.len() => (&rest[..length], false),
        Some(_) => (rest, true),
        None => (rest, offset > bytes.len()),
    }
}

/// Null stands for an empty map.
fn filled(map: Value) -> Value {
    if map.as_object().is_some_and(serde_json::Map::is_empty) { Value::Null } else { map }
}
