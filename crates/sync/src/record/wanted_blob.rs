//! A blob that is still to be fetched.

use serde::{Deserialize, Serialize};
use tornister_protocol::{
    id::{BlobId, EmailId},
    time::UtcDate,
};

/// The payload of a [`Kind::BlobWanted`](crate::kind::Kind::BlobWanted) record; part of the storage
/// format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WantedBlob {
    /// The mail that it belongs to.
    pub email_id: EmailId,
    /// The blob.
    pub blob_id: BlobId,
    /// In bytes.
    pub size: u64,
    /// Its file name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: String,
    /// When the mail came: the newest is fetched first.
    pub received_at: UtcDate,
}

impl WantedBlob {
    /// The record's id, which the blob's own record has too.
    pub(crate) fn id(&self) -> String {
        format!("{}/{}", self.email_id, self.blob_id)
    }
}
