//! Blob/upload (RFC 9404 §4.1): bytes inside a request, also put together from others.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use tornister_protocol::{
    core::{MethodError, MethodErrorKind},
    id::AccountId,
};

use super::{blobs, bytes, filled, range};
use crate::{
    backend::{Blobs, Object, Refusal, RefusalKind},
    jmap::{
        limits::{MAX_OBJECTS_IN_SET, MAX_SIZE_UPLOAD},
        method::{Answer, Call, backend_error, bare, error, invalid_arguments},
        standard::{creation, typed},
    },
};

/// Of how many pieces a blob is made at most; the RFC asks for no fewer than 64.
pub const MAX_DATA_SOURCES: usize = 64;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UploadArgs {
    account_id: AccountId,
    create: BTreeMap<String, Object>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBlob {
    data: Vec<Piece>,
    #[serde(default, rename = "type")]
    media_type: Option<String>,
}

/// A DataSourceObject: exactly one of its first three.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Piece {
    #[serde(default, rename = "data:asText")]
    text: Option<String>,
    #[serde(default, rename = "data:asBase64")]
    base64: Option<String>,
    #[serde(default)]
    blob_id: Option<String>,
    #[serde(default)]
    offset: Option<usize>,
    #[serde(default)]
    length: Option<usize>,
}

/// Makes blobs, in the order of their references to each other.
pub async fn upload(call: Call<'_>) -> Answer {
    let args: UploadArgs = call.parse()?;
    let account = call.account(&args.account_id)?;
    let source = blobs(account)?;
    let target = account.access.writers().and_then(|writers| writers.uploads.as_ref());
    let target = target.ok_or_else(|| bare(MethodErrorKind::AccountReadOnly))?;
    if args.create.len() > MAX_OBJECTS_IN_SET {
        return Err(error(MethodErrorKind::RequestTooLarge, format!("at most {MAX_OBJECTS_IN_SET} blobs")));
    }
    if let Some(bad) = args.create.keys().find(|key| !creation::is_id(key)) {
        return Err(invalid_arguments(format!("'{bad}' is no creation id (RFC 8620 §1.2)")));
    }
    let (mut created, mut not_created) = (BTreeMap::new(), BTreeMap::new());
    let mut waiting: Vec<(String, NewBlob)> = Vec::new();
    for (key, object) in args.create {
        match understood(object) {
            Ok(new) => waiting.push((key, new)),
            Err(refusal) => {
                not_created.insert(key, refusal);
            }
        }
    }
    while !waiting.is_empty() {
        let keys: Vec<String> = waiting.iter().map(|(key, _)| key.clone()).collect();
        let is_ready = |new: &NewBlob| new.references().all(|key| !keys.iter().any(|other| other == key));
        let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, new)| is_ready(new));
        if ready.is_empty() {
            for (key, _) in later {
                let refusal = Refusal::property("data", "these blobs are made of each other");
                not_created.insert(key, refusal);
            }
            break;
        }
        for (key, new) in ready {
            match put_together(source, &new, &call.run.created_ids).await? {
                Err(refusal) => {
                    not_created.insert(key, refusal);
                }
                Ok(bytes) => {
                    let size = bytes.len();
                    let id = target.upload(bytes).await.map_err(backend_error)?;
                    let media_type = new.media_type.as_deref().unwrap_or("application/octet-stream");
                    let blob = json!({ "id": id, "type": media_type, "size": size });
                    call.run.created_ids.insert(key.clone(), id.to_string());
                    created.insert(key, blob);
                }
            }
        }
        waiting = later;
    }
    Ok(json!({
        "accountId": args.account_id,
        "created": filled(json!(created)),
        "notCreated": filled(json!(not_created)),
    }))
}

fn understood(object: Object) -> Result<NewBlob, Refusal> {
    let new: NewBlob = typed("data", &Value::Object(object))?;
    if new.data.len() > MAX_DATA_SOURCES {
        let description = format!("at most {MAX_DATA_SOURCES} pieces");
        return Err(Refusal::property("data", &description));
    }
    for piece in &new.data {
        let sources = [piece.text.is_some(), piece.base64.is_some(), piece.blob_id.is_some()];
        if sources.into_iter().filter(|is_there| *is_there).count() != 1 {
            return Err(Refusal::property("data", "a piece is a text, base64 or of a blob"));
        }
        if piece.blob_id.is_none() && (piece.offset.is_some() || piece.length.is_some()) {
            return Err(Refusal::property("data", "only a blob has 'offset' and 'length'"));
        }
    }
    Ok(new)
}

impl NewBlob {
    /// The creation ids that it is made of.
    fn references(&self) -> impl Iterator<Item = &str> {
        self.data.iter().filter_map(|piece| piece.blob_id.as_deref()?.strip_prefix('#'))
    }
}

async fn put_together(
    source: &dyn Blobs,
    new: &NewBlob,
    known: &BTreeMap<String, String>,
) -> Result<Result<Vec<u8>, Refusal>, MethodError> {
    let mut whole = Vec::new();
    for piece in &new.data {
        if let Some(text) = &piece.text {
            whole.extend_from_slice(text.as_bytes());
        }
        if let Some(base64) = &piece.base64 {
            match STANDARD.decode(base64) {
                Ok(bytes) => whole.extend(bytes),
                Err(reason) => return Ok(Err(Refusal::property("data", &reason.to_string()))),
            }
        }
        if let Some(id) = &piece.blob_id {
            let id = creation::resolve(id, known);
            let Some(bytes) = bytes(source, &id).await? else {
                let refusal = Refusal::bare(RefusalKind::BlobNotFound);
                return Ok(Err(refusal.with("notFound", json!([id]))));
            };
            let (part, is_short) = range(&bytes, piece.offset.unwrap_or_default(), piece.length);
            if is_short {
                return Ok(Err(Refusal::property("data", "the blob is shorter than that")));
            }
            whole.extend_from_slice(part);
        }
        if whole.len() > MAX_SIZE_UPLOAD {
            return Ok(Err(Refusal::bare(RefusalKind::TooLarge).with("maxSize", MAX_SIZE_UPLOAD)));
        }
    }
    Ok(Ok(whole))
}
