//! Blob/get (RFC 9404 §4.2): bytes inside an answer, or some of them, or their digests.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use tornister_protocol::{core::MethodErrorKind, id::AccountId};

use super::{blobs, bytes, range};
use crate::{
    backend::Object,
    digest::{sha256, sha512},
    jmap::{
        limits::MAX_OBJECTS_IN_GET,
        method::{Answer, Call, error, invalid_arguments},
        standard::creation,
    },
};

/// The digests that are reckoned, by their names in IANA's registry, in lower case.
pub const DIGESTS: [&str; 2] = ["sha-256", "sha-512"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetArgs {
    account_id: AccountId,
    ids: Vec<String>,
    properties: Option<Vec<String>>,
    offset: Option<usize>,
    length: Option<usize>,
}

/// Answers blobs one after the other; their bytes have to fit into one answer.
pub async fn get(call: Call<'_>) -> Answer {
    let args: GetArgs = call.parse()?;
    let source = blobs(call.account(&args.account_id)?)?;
    if args.ids.len() > MAX_OBJECTS_IN_GET {
        return Err(error(MethodErrorKind::RequestTooLarge, format!("at most {MAX_OBJECTS_IN_GET} ids")));
    }
    let properties = args.properties.unwrap_or_else(|| ["data", "size"].map(str::to_owned).to_vec());
    if let Some(unknown) = properties.iter().find(|name| !is_property(name)) {
        return Err(invalid_arguments(format!("Blob has no property '{unknown}'")));
    }
    let (mut list, mut not_found) = (Vec::new(), Vec::new());
    let mut asked = BTreeSet::new();
    let mut size = 0;
    let ids = args.ids.iter().map(|id| creation::resolve(id, &call.run.created_ids));
    for id in ids.filter(|id| asked.insert(id.clone())) {
        let Some(bytes) = bytes(source, &id).await? else {
            not_found.push(id);
            continue;
        };
        let (part, is_truncated) = range(&bytes, args.offset.unwrap_or_default(), args.length);
        size += part.len();
        if size > MAX_SIZE_ANSWER {
            let description =
                format!("more than {MAX_SIZE_ANSWER} octets; ask for less of it, or download it");
            return Err(error(MethodErrorKind::RequestTooLarge, description));
        }
        let mut object = described(part, &properties);
        if is_truncated {
            object.insert("isTruncated".to_owned(), json!(true));
        }
        if properties.iter().any(|name| name == "size") {
            object.insert("size".to_owned(), json!(bytes.len()));
        }
        object.insert("id".to_owned(), json!(id));
        list.push(Value::Object(object));
    }
    // A blob never changes, so there is one state.
    Ok(json!({ "accountId": args.account_id, "state": "", "list": list, "notFound": not_found }))
}

/// Octets of all blobs in one answer.
const MAX_SIZE_ANSWER: usize = 20_000_000;

fn is_property(name: &str) -> bool {
    match name.strip_prefix("digest:") {
        Some(digest) => DIGESTS.contains(&digest),
        None => ["id", "size", "data", "data:asText", "data:asBase64"].contains(&name),
    }
}

fn described(bytes: &[u8], properties: &[String]) -> Object {
    let text = std::str::from_utf8(bytes).ok();
    let mut object = Object::new();
    for name in properties {
        let (name, value) = match name.as_str() {
            "data" | "data:asText" if text.is_some() => ("data:asText", json!(text)),
            "data" => ("data:asBase64", json!(STANDARD.encode(bytes))),
            "data:asBase64" => (name.as_str(), json!(STANDARD.encode(bytes))),
            "data:asText" => (name.as_str(), Value::Null),
            "digest:sha-256" => (name.as_str(), json!(STANDARD.encode(sha256(bytes)))),
            "digest:sha-512" => (name.as_str(), json!(STANDARD.encode(sha512(bytes)))),
            _ => continue,
        };
        object.insert(name.to_owned(), value);
    }
    let wants_text = properties.iter().any(|name| ["data", "data:asText"].contains(&name.as_str()));
    if wants_text && text.is_none() {
        object.insert("isEncodingProblem".to_owned(), json!(true));
    }
    object
}
