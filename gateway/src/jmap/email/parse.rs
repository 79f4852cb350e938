//! Email/parse (RFC 8621 §4.9).

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tornister_formats::mime::Message;
use tornister_protocol::{
    core::MethodErrorKind,
    id::{AccountId, BlobId},
    mail::Email,
};

use crate::{
    backend::email::{self, DEFAULT_PROPERTIES, PROPERTIES},
    jmap::{
        limits::MAX_OBJECTS_IN_GET,
        method::{Answer, Call, backend_error, bare, error, invalid_arguments},
        standard::{Served, creation},
    },
};

/// The first properties are metadata, which a parsed mail has not.
const METADATA: usize = 7;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ParseArgs {
    account_id: AccountId,
    blob_ids: Vec<BlobId>,
    properties: Option<Vec<String>>,
}

/// Reads blobs as messages, without storing them.
pub async fn parse(call: Call<'_>) -> Answer {
    let args: ParseArgs = call.parse()?;
    let options = Email::options(&call.arguments)?;
    if let Some(unknown) = args.properties.iter().flatten().find(|name| !Email::knows(name)) {
        return Err(invalid_arguments(format!("Email has no property '{unknown}'")));
    }
    if args.blob_ids.len() > MAX_OBJECTS_IN_GET {
        return Err(error(MethodErrorKind::RequestTooLarge, format!("at most {MAX_OBJECTS_IN_GET} blobs")));
    }
    let account = call.account(&args.account_id)?;
    let mail = account.access.sources().mail.as_ref();
    let mail = mail.ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let properties = args.properties.unwrap_or_else(|| {
        PROPERTIES[METADATA..DEFAULT_PROPERTIES].iter().map(|name| (*name).to_owned()).collect()
    });
    let (mut parsed, mut not_parsable, mut not_found) = (Map::new(), Vec::new(), Vec::new());
    for id in args.blob_ids {
        let id = BlobId(creation::resolve(id.as_str(), &call.run.created_ids));
        let Some(raw) = mail.blobs.blob(&id).await.map_err(backend_error)? else {
            not_found.push(id);
            continue;
        };
        let (names, options, blob_id) = (properties.clone(), options.clone(), id.clone());
        let read = tokio::task::spawn_blocking(move || {
            let message = Message::parse(&raw);
            message.is_message().then(|| object(&message, &blob_id, &names, &options))
        });
        match read.await.map_err(|_| bare(MethodErrorKind::ServerFail))? {
            Some(object) => {
                parsed.insert(id.to_string(), object);
            }
            None => not_parsable.push(id),
        }
    }
    let filled = |list: Vec<BlobId>| if list.is_empty() { Value::Null } else { json!(list) };
    Ok(json!({
        "accountId": args.account_id,
        "parsed": if parsed.is_empty() { Value::Null } else { Value::Object(parsed) },
        "notParsable": filled(not_parsable),
        "notFound": filled(not_found),
    }))
}

fn object(message: &Message, blob_id: &BlobId, names: &[String], options: &email::BodyOptions) -> Value {
    let mut object = email::envelope(message);
    object.extend(email::content(message, blob_id, Some(names), options));
    for metadata in ["id", "threadId", "mailboxIds", "keywords", "receivedAt"] {
        object.insert(metadata.to_owned(), Value::Null);
    }
    object.insert("blobId".to_owned(), json!(blob_id));
    object.retain(|name, _| names.contains(name));
    Value::Object(object)
}
