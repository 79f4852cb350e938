//! Downloads (RFC 8620 §6.2): what strangers sent, so a browser must never run it.

use axum::{
    extract::{Path, Query, State},
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tornister_protocol::id::{AccountId, BlobId};

use super::{Gateway, error::Error, visitor::Visitor};
use crate::{
    backend::BackendError,
    jmap::{envelope, limits::MAX_CONCURRENT_DOWNLOAD},
};

const ANYTHING: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// RFC 8187 §3.2.1: what stands in `filename*` unencoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stands in a plain `filename` besides letters and digits.
const PLAIN: &str = " -._()";

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(rename = "type", default)]
    media_type: String,
}

/// `GET /jmap/download/{accountId}/{blobId}/{name}?type={type}`.
pub async fn download(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path((account_id, blob_id, name)): Path<(String, String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let (account_id, blob_id) = (AccountId(account_id), BlobId(blob_id));
    let account = visitor.accounts.iter().find(|account| account.id == account_id);
    let sources = account.ok_or(Error::NotFound)?.access.sources();
    let mail = sources.mail.as_ref().ok_or(Error::NotFound)?;
    let _pass = gateway.downloading.enter(&visitor.session.login).ok_or_else(|| {
        let detail = format!("at most {MAX_CONCURRENT_DOWNLOAD} downloads at once");
        Error::Problem(envelope::limit("maxConcurrentDownload", 429, detail))
    })?;
    let bytes = mail.blobs.blob(&blob_id).await?.ok_or(Error::NotFound)?;

    // The plain name is for what does not know RFC 8187 (RFC 6266 appendix D).
    let plain = name.replace(|letter: char| !PLAIN.contains(letter) && !letter.is_ascii_alphanumeric(), "_");
    let encoded = utf8_percent_encode(&name, ENCODED);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let disposition = HeaderValue::try_from(disposition)
        .map_err(|error| Error::Backend(BackendError::Internal(error.into())))?;
    let headers = [
        (CONTENT_TYPE, content_type(&wanted.media_type)),
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, bytes).into_response())
}

/// The type that the client wants (RFC 8620 §6.2), with its charset and nothing else, unless a browser might run
/// something in it: of a list of types browsers take the last.
fn content_type(wanted: &str) -> HeaderValue {
    let (essence, parameters) = wanted.split_once(';').unwrap_or((wanted, ""));
    let essence = essence.trim().to_ascii_lowercase();
    let charset = parameters.trim().strip_prefix("charset=").unwrap_or_default();
    let charset = Some(charset).filter(|charset| is_name(charset));
    let runs = |subtype: &str| {
        subtype.contains("html")
            || subtype.contains("script")
            || subtype == "xml"
            || subtype.ends_with("+xml")
    };
    match essence.split_once('/') {
        Some((kind, subtype)) if is_name(kind) && is_name(subtype) && !runs(subtype) => {
            let whole = charset.map_or(essence.clone(), |charset| format!("{essence}; charset={charset}"));
            HeaderValue::try_from(whole).unwrap_or(ANYTHING)
        }
        _ => ANYTHING,
    }
}

/// RFC 6838 §4.2.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
}
