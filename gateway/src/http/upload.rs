//! Uploads (RFC 8620 §6.1).

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use tornister_protocol::id::AccountId;

use super::{Gateway, body, error::Error, visitor::Visitor};
use crate::jmap::{
    envelope,
    limits::{MAX_CONCURRENT_UPLOAD, MAX_SIZE_UPLOAD},
};

const ANYTHING: &str = "application/octet-stream";

/// `POST /jmap/upload/{accountId}`: bytes of any kind, whose media type is only repeated.
pub async fn upload(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(account_id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let account_id = AccountId(account_id);
    let account = visitor.accounts.iter().find(|account| account.id == account_id);
    let writers = account.ok_or(Error::NotFound)?.access.writers();
    let uploads = writers.and_then(|writers| writers.uploads.as_ref());
    let uploads = uploads.ok_or(Error::Forbidden("this account can only be read"))?;
    let _pass = gateway.uploading.enter(&visitor.session.login).ok_or_else(|| {
        let detail = format!("at most {MAX_CONCURRENT_UPLOAD} uploads at once");
        Error::Problem(envelope::limit("maxConcurrentUpload", 429, detail))
    })?;
    let bytes = body::read(body, MAX_SIZE_UPLOAD).await.ok_or_else(|| {
        let detail = format!("an upload has at most {MAX_SIZE_UPLOAD} bytes");
        Error::Problem(envelope::limit("maxSizeUpload", 413, detail))
    })?;
    let size = bytes.len();
    let blob_id = uploads.upload(bytes.into()).await?;
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or(ANYTHING);
    let answer = json!({ "accountId": account_id, "blobId": blob_id, "type": media_type, "size": size });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}
