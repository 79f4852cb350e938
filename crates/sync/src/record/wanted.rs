//! What is still to be fetched. Part of the storage format.

use serde::{Deserialize, Serialize};
use tornister_protocol::{
    id::{BlobId, EmailId},
    time::UtcDate,
};

use super::{Record, WANTED, counted_down};
use crate::kind::Kind;

/// The payload of a [`Kind::BlobWanted`] record.
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
    /// As it is stored.
    pub(crate) fn record(&self) -> Record {
        let keys = vec![format!("{WANTED}/{}", counted_down(self.received_at))];
        // A struct of texts and numbers always has a JSON form.
        let payload = serde_json::to_vec(self).unwrap_or_default();
        Record { kind: Kind::BlobWanted, id: self.id(), keys, payload }
    }

    /// The record's id, which the blob's own record has too.
    pub(crate) fn id(&self) -> String {
        format!("{}/{}", self.email_id, self.blob_id)
    }
}

/// The payload of a [`Kind::BodyWanted`] record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WantedBody {
    /// The mail.
    pub id: String,
    /// When it came: the newest is fetched first.
    pub received_at: UtcDate,
}

impl WantedBody {
    /// As it is stored.
    pub(crate) fn record(&self) -> Record {
        let keys = vec![format!("{WANTED}/{}", counted_down(self.received_at))];
        // A struct of texts and numbers always has a JSON form.
        let payload = serde_json::to_vec(self).unwrap_or_default();
        Record { kind: Kind::BodyWanted, id: self.id.clone(), keys, payload }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_wishes_keep_their_form() {
        let received_at = "2026-11-17T06:31:00Z".parse().unwrap();
        let blob = WantedBlob {
            email_id: "m1".into(),
            blob_id: "b1".into(),
            size: 3,
            name: Some("plakat.png".to_owned()),
            media_type: "image/png".to_owned(),
            received_at,
        };
        let record = blob.record();
        let frozen = r#"{"emailId":"m1","blobId":"b1","size":3,"name":"plakat.png","type":"image/png","receivedAt":"2026-11-17T06:31:00Z"}"#;
        assert_eq!(String::from_utf8(record.payload).unwrap(), frozen);
        assert_eq!((record.id.as_str(), record.keys), ("m1/b1", vec!["wanted/8205102939999".to_owned()]));
        assert_eq!(serde_json::from_str::<WantedBlob>(frozen).unwrap(), blob);

        let body = WantedBody { id: "m1".to_owned(), received_at };
        let record = body.record();
        let frozen = r#"{"id":"m1","receivedAt":"2026-11-17T06:31:00Z"}"#;
        assert_eq!(String::from_utf8(record.payload).unwrap(), frozen);
        assert_eq!((record.id.as_str(), record.keys), ("m1", vec!["wanted/8205102939999".to_owned()]));
        assert_eq!(serde_json::from_str::<WantedBody>(frozen).unwrap(), body);
    }
}
