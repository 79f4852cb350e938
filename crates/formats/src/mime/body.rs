//! One MIME part (RFC 8621 §4.1.4), without the blob id, which only the server knows.

use tornister_protocol::{id::BlobId, mail::EmailBodyPart};

use super::Header;

/// One MIME part and the parts in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodyPart {
    /// `1`, `2`, … in the order of the message; `None` for a multipart.
    pub part_id: Option<String>,
    /// Of the decoded bytes; 0 for a multipart.
    pub size: u64,
    /// The part's own fields, in order; the message's for the outermost part.
    pub headers: Vec<Header>,
    /// The file name, decoded.
    pub name: Option<String>,
    /// The media type, lower case.
    pub media_type: String,
    /// As declared; `us-ascii` for a text that declares none; `None` for other types.
    pub charset: Option<String>,
    /// `attachment` or `inline`, lower case.
    pub disposition: Option<String>,
    /// The Content-Id without its angle brackets.
    pub cid: Option<String>,
    /// From Content-Language.
    pub language: Option<Vec<String>>,
    /// From Content-Location.
    pub location: Option<String>,
    /// The parts in a multipart; `None` for any other part.
    pub sub_parts: Option<Vec<BodyPart>>,
}

impl BodyPart {
    /// The part as the app reads it; `blob_id` names its bytes.
    #[must_use]
    pub fn to_wire(&self, blob_id: Option<BlobId>) -> EmailBodyPart {
        EmailBodyPart {
            part_id: self.part_id.clone(),
            blob_id,
            size: self.size,
            name: self.name.clone(),
            media_type: self.media_type.clone(),
            disposition: self.disposition.clone(),
            cid: self.cid.clone(),
        }
    }
}
