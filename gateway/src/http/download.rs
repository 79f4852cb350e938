//! Downloads (RFC 8620 §6.2): what strangers sent, so a browser must never run it.

use axum::{
    extract::{Path, Query},
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tornister_protocol::id::{AccountId, BlobId};

use super::{error::Error, visitor::Visitor};
use crate::backend::BackendError;

/// What a browser shows without running anything in it.
const HARMLESS: [&str; 8] = [
    "application/pdf",
    "audio/mpeg",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
];
const ANYTHING: &str = "application/octet-stream";

/// RFC 8187 §3.2.1: what stands in `filename*` unencoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(rename = "type", default)]
    media_type: String,
}

/// `GET /jmap/download/{accountId}/{blobId}/{name}?type={type}`.
pub async fn download(
    visitor: Visitor,
    Path((account_id, blob_id, name)): Path<(String, String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let (account_id, blob_id) = (AccountId(account_id), BlobId(blob_id));
    let account = visitor.accounts.iter().find(|account| account.id == account_id);
    let sources = account.ok_or(Error::NotFound)?.access.sources();
    let mail = sources.mail.as_ref().ok_or(Error::NotFound)?;
    let bytes = mail.blobs.blob(&blob_id).await?.ok_or(Error::NotFound)?;

    let media_type = wanted.media_type.to_ascii_lowercase();
    let media_type = HARMLESS.into_iter().find(|harmless| *harmless == media_type).unwrap_or(ANYTHING);
    let disposition = format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(&name, ENCODED));
    let disposition = HeaderValue::try_from(disposition)
        .map_err(|error| Error::Backend(BackendError::Internal(error.into())))?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, bytes).into_response())
}
