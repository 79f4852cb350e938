//! Blob/copy (RFC 8620 §6.3).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use tornister_protocol::{
    core::MethodErrorKind,
    id::{AccountId, BlobId},
};

use super::filled;
use crate::{
    backend::Refusal,
    jmap::{
        limits::MAX_OBJECTS_IN_SET,
        method::{Answer, Call, backend_error, bare, error, invalid_arguments},
        standard::creation,
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CopyArgs {
    from_account_id: AccountId,
    account_id: AccountId,
    blob_ids: Vec<BlobId>,
}

/// Bytes of one account become those of another, too.
pub async fn copy(call: Call<'_>) -> Answer {
    let args: CopyArgs = call.parse()?;
    if args.from_account_id == args.account_id {
        return Err(invalid_arguments("'fromAccountId' is the same account as 'accountId'".to_owned()));
    }
    if args.blob_ids.len() > MAX_OBJECTS_IN_SET {
        return Err(error(MethodErrorKind::RequestTooLarge, format!("at most {MAX_OBJECTS_IN_SET} blobs")));
    }
    let from = call.source_account(&args.from_account_id)?;
    let from = from.access.sources().mail.as_ref();
    let from = from.ok_or_else(|| bare(MethodErrorKind::FromAccountNotSupportedByMethod))?;
    let to = call.account(&args.account_id)?;
    let to = to.access.writers().and_then(|writers| writers.uploads.as_ref());
    let to = to.ok_or_else(|| bare(MethodErrorKind::AccountReadOnly))?;
    let mut copied = BTreeMap::new();
    let mut not_copied = BTreeMap::new();
    for id in args.blob_ids {
        let id = BlobId(creation::resolve(id.as_str(), &call.run.created_ids));
        match from.blobs.blob(&id).await.map_err(backend_error)? {
            Some(bytes) => {
                copied.insert(id, to.upload(bytes).await.map_err(backend_error)?);
            }
            None => {
                not_copied.insert(id, Refusal::not_found());
            }
        }
    }
    Ok(json!({
        "fromAccountId": args.from_account_id,
        "accountId": args.account_id,
        "copied": filled(json!(copied)),
        "notCopied": filled(json!(not_copied)),
    }))
}
