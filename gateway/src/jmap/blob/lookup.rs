//! Blob/lookup (RFC 9404 §4.3): what holds some bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::json;
use tornister_protocol::{
    capability::MAIL,
    core::MethodErrorKind,
    id::{AccountId, BlobId},
};

use super::blobs;
use crate::jmap::{
    limits::MAX_OBJECTS_IN_GET,
    method::{Answer, Call, backend_error, error},
    standard::creation,
};

/// The types that hold blobs, or hold what holds them.
pub const TYPES: [&str; 3] = ["Email", "Thread", "Mailbox"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LookupArgs {
    account_id: AccountId,
    type_names: Vec<String>,
    ids: Vec<String>,
}

/// Names the objects of each type. Of a blob that this person cannot see there are none, whether it exists
/// or not.
pub async fn lookup(call: Call<'_>) -> Answer {
    let args: LookupArgs = call.parse()?;
    let source = blobs(call.account(&args.account_id)?)?;
    // All of them are mail's.
    let is_known =
        |name: &String| TYPES.contains(&name.as_str()) && call.using.iter().any(|used| used == MAIL);
    if let Some(unknown) = args.type_names.iter().find(|name| !is_known(name)) {
        return Err(error(MethodErrorKind::UnknownDataType, format!("'{unknown}' holds no blobs here")));
    }
    if args.ids.len() > MAX_OBJECTS_IN_GET {
        return Err(error(MethodErrorKind::RequestTooLarge, format!("at most {MAX_OBJECTS_IN_GET} ids")));
    }
    let (mut list, mut not_found) = (Vec::new(), Vec::new());
    for id in args.ids {
        let id = creation::resolve(&id, &call.run.created_ids);
        if !creation::is_id(&id) {
            not_found.push(id);
            continue;
        }
        let holders = source.holders(&BlobId(id.clone())).await.map_err(backend_error)?;
        let matched: BTreeMap<&String, BTreeSet<&str>> = args
            .type_names
            .iter()
            .map(|name| {
                let ids: BTreeSet<&str> = holders
                    .iter()
                    .flat_map(|holder| match name.as_str() {
                        "Email" => vec![holder.email_id.as_str()],
                        "Thread" => vec![holder.thread_id.as_str()],
                        _ => holder.mailbox_ids.iter().map(String::as_str).collect(),
                    })
                    .collect();
                (name, ids)
            })
            .collect();
        list.push(json!({ "id": id, "matchedIds": matched }));
    }
    Ok(json!({ "accountId": args.account_id, "list": list, "notFound": not_found }))
}
