//! Attachments and pictures: which are wanted, and fetching them beside everything else.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tornister_protocol::{
    id::{BlobId, EmailId},
    mail::{EmailBody, EmailBodyPart},
    time::UtcDate,
};

use super::{Engine, Event, Policy, SyncError};
use crate::{
    json,
    kind::Kind,
    record::{Record, WANTED, WantedBlob, prefix_range},
    store::{Batch, Store, StoreError, room::Wish},
    transport::{Transport, TransportError},
};

/// The largest blob that is fetched when the user asks for it.
const MOST_BYTES: u64 = 64_000_000;
/// Characters that stand in a path segment as they are (RFC 3986 §2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why a blob cannot be had now.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The part has no bytes of its own: it is a container of others.
    #[error("the part has no bytes of its own")]
    NoBlob,
    /// The server or the device.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

/// What is to be fetched along with a body that was just written.
pub(super) fn wanted(body: &Record, received_at: UtcDate, policy: &Policy, now: UtcDate) -> Vec<Record> {
    if !policy.wants_attachments(received_at, now) {
        return Vec::new();
    }
    let Ok(parsed) = json::read::<EmailBody>(&body.payload) else { return Vec::new() };
    let parts = parsed.attachments.into_iter().filter(|part| part.size <= policy.attachment_bytes);
    let records = parts.filter_map(|part| {
        let wanted = WantedBlob {
            email_id: parsed.id.clone(),
            blob_id: part.blob_id?,
            size: part.size,
            name: part.name,
            media_type: part.media_type,
            received_at,
        };
        Some(wanted.record())
    });
    records.collect()
}

impl<S: Store, T: Transport> Engine<S, T> {
    /// Fetches one blob because the user opened it, and keeps it.
    ///
    /// # Errors
    /// Where the part has none, the server cannot be reached, or the device cannot write.
    pub async fn fetch_blob(&self, email: &EmailId, part: &EmailBodyPart) -> Result<Vec<u8>, BlobError> {
        let blob = part.blob_id.as_ref().ok_or(BlobError::NoBlob)?;
        let url = self.download_url(blob, part.name.as_deref(), &part.media_type);
        let bytes = self.transport.download(&url, MOST_BYTES).await.map_err(SyncError::from)?;
        let kept = self.keep(email, &format!("{email}/{blob}"), bytes.clone(), Wish::User).await;
        kept.map_err(SyncError::from)?;
        Ok(bytes)
    }

    /// Fetches what is wanted, the newest first, until nothing is left or nothing `goes_on`. May run beside
    /// [`Engine::sync`]. What the server cannot give now keeps nothing else waiting; it is wanted still.
    ///
    /// # Errors
    /// Where the server cannot be reached, the login has ended, or the device cannot write.
    pub async fn fetch_blobs(
        &self,
        on_event: impl Fn(Event),
        goes_on: impl Fn() -> bool,
    ) -> Result<(), SyncError> {
        let mut later: Vec<String> = Vec::new();
        let mut is_reached = true;
        while goes_on() {
            let Some((id, wanted)) = self.next_blob(&later).await? else { break };
            if self.store.get(Kind::Blob, &id).await?.is_some() {
                self.unwant(id).await?;
                continue;
            }
            let url = self.download_url(&wanted.blob_id, wanted.name.as_deref(), &wanted.media_type);
            match self.transport.download(&url, self.policy.get().attachment_bytes).await {
                Ok(bytes) => {
                    is_reached = true;
                    let beyond = self.keep(&wanted.email_id, &id, bytes, Wish::Device).await?;
                    on_event(Event::Committed([vec![Kind::Blob], beyond].concat()));
                }
                // The blob is gone or not what was said; the mail still opens without it.
                Err(TransportError::Rejected { .. } | TransportError::TooLarge) => self.unwant(id).await?,
                Err(TransportError::Unavailable { .. }) => later.push(id),
                // One may be too large for this line; two after each other, and there is none.
                Err(TransportError::Unreachable) if is_reached => {
                    is_reached = false;
                    later.push(id);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The newest blob that is wanted, but for these.
    async fn next_blob(&self, later: &[String]) -> Result<Option<(String, WantedBlob)>, SyncError> {
        for payload in self.store.range(Kind::BlobWanted, &prefix_range(WANTED), later.len() + 1).await? {
            let wanted: WantedBlob = json::read(&payload).map_err(StoreError::from)?;
            let id = wanted.id();
            if !later.contains(&id) {
                return Ok(Some((id, wanted)));
            }
        }
        Ok(None)
    }

    async fn unwant(&self, id: String) -> Result<(), StoreError> {
        self.store.commit(&Batch { deletes: vec![(Kind::BlobWanted, id)], ..Batch::default() }).await
    }

    async fn keep(
        &self,
        email: &EmailId,
        id: &str,
        payload: Vec<u8>,
        wish: Wish,
    ) -> Result<Vec<Kind>, StoreError> {
        let record = Record { kind: Kind::Blob, id: id.to_owned(), keys: Vec::new(), payload };
        let mut batch = Batch {
            puts: vec![record],
            deletes: vec![(Kind::BlobWanted, id.to_owned())],
            only_with: Some((Kind::Email, email.0.clone())),
            ..Batch::default()
        };
        match self.write(&mut batch, wish).await {
            // The mail went while its attachment was under way; its wish may not be there for ever.
            Err(StoreError::Gone) => {
                self.unwant(id.to_owned()).await?;
                Ok(Vec::new())
            }
            done => done,
        }
    }

    fn download_url(&self, blob: &BlobId, name: Option<&str>, media_type: &str) -> String {
        let encode = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
        self.link
            .download_url
            .replace("{accountId}", &encode(self.link.account_id.as_str()))
            .replace("{blobId}", &encode(blob.as_str()))
            .replace("{name}", &encode(name.filter(|name| !name.is_empty()).unwrap_or("datei")))
            .replace("{type}", &encode(media_type))
    }
}
