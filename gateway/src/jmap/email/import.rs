//! Email/import (RFC 8621 §4.8).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use tornister_formats::mime::Message;
use tornister_protocol::{
    core::MethodErrorKind,
    id::{AccountId, BlobId, State},
    mail::Email,
};

use super::set::{keywords, mailboxes};
use crate::{
    backend::{
        Batch, Blobs, NewEmail, NoOptions, Object, Refusal, RefusalKind, Writable as _, moment::Moment,
    },
    jmap::{
        limits::{MAX_OBJECTS_IN_SET, MAX_SIZE_BATCH},
        method::{Answer, Call, backend_error, bare, error},
        standard::{both, creation, each, response, typed},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImportArgs {
    account_id: AccountId,
    if_in_state: Option<State>,
    emails: BTreeMap<String, Object>,
}

/// Messages that were uploaded become mails.
pub async fn import(call: Call<'_>) -> Answer {
    let args: ImportArgs = call.parse()?;
    let account = call.account(&args.account_id)?;
    let mail = account.access.sources().mail.as_ref();
    let mail = mail.ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let writer = account.access.writers().and_then(Email::writer);
    let writer = writer.ok_or_else(|| bare(MethodErrorKind::AccountReadOnly))?;
    if args.emails.len() > MAX_OBJECTS_IN_SET {
        return Err(error(MethodErrorKind::RequestTooLarge, format!("at most {MAX_OBJECTS_IN_SET} mails")));
    }
    let mut batch = Batch::<Email> {
        if_in_state: args.if_in_state,
        create: Vec::new(),
        update: Vec::new(),
        destroy: Vec::new(),
        operations: Vec::new(),
        options: NoOptions::default(),
    };
    let mut refused = BTreeMap::new();
    let mut size = 0;
    for (key, mut object) in args.emails {
        creation::resolve_object(&mut object, &["mailboxIds", "blobId"], &call.run.created_ids);
        let new = match understood(&object) {
            Ok((blob_id, new)) => {
                fetch(mail.blobs.as_ref(), &blob_id, new, &mut size).await.map_err(backend_error)?
            }
            Err(refusal) => Err(refusal),
        };
        match new {
            Ok(new) => batch.create.push((key, new)),
            Err(refusal) => {
                refused.insert(key, refusal);
            }
        }
    }
    let mut outcome = writer.set(batch).await.map_err(backend_error)?;
    outcome.not_created.append(&mut refused);
    call.run.created_ids.extend(
        outcome
            .created
            .iter()
            .filter_map(|(key, object)| Some((key.clone(), object.get("id")?.as_str()?.to_owned()))),
    );
    let mut answer = response(&args.account_id, &outcome);
    if let Some(answer) = answer.as_object_mut() {
        answer.retain(|name, _| {
            !["updated", "destroyed", "notUpdated", "notDestroyed"].contains(&name.as_str())
        });
    }
    Ok(json!(answer))
}

fn understood(object: &Object) -> Result<(BlobId, NewEmail), Refusal> {
    let known = ["blobId", "mailboxIds", "keywords", "receivedAt"];
    let unknown = each(object, |name, _| match known.contains(&name) {
        true => Ok(()),
        false => Err(Refusal::property(name, "an EmailImport has no such property")),
    });
    let get = |name: &str| object.get(name).unwrap_or(&Value::Null);
    let optional = |name: &str| object.get(name).filter(|value| !value.is_null());
    let keywords = optional("keywords").map(keywords).transpose();
    let received_at = optional("receivedAt").map(|value| typed::<Moment>("receivedAt", value)).transpose();
    let wanted = both(both(typed("blobId", get("blobId")), mailboxes(get("mailboxIds"))), unknown);
    let (((blob_id, mailboxes), ()), (keywords, received_at)) = both(wanted, both(keywords, received_at))?;
    let new = NewEmail {
        raw: Vec::new(),
        mailboxes,
        keywords: keywords.unwrap_or_default(),
        received_at: received_at.map(|moment| moment.0),
        renamed: Vec::new(),
    };
    Ok((blob_id, new))
}

async fn fetch(
    blobs: &dyn Blobs,
    blob_id: &BlobId,
    new: NewEmail,
    size: &mut usize,
) -> Result<Result<NewEmail, Refusal>, crate::backend::BackendError> {
    let Some(raw) = blobs.blob(blob_id).await? else {
        return Ok(Err(Refusal::property("blobId", "no such blob")));
    };
    *size += raw.len();
    if *size > MAX_SIZE_BATCH {
        let refusal =
            Refusal::new(RefusalKind::TooLarge, "too many bytes in one call; import the rest in another");
        return Ok(Err(refusal.with("maxSize", MAX_SIZE_BATCH)));
    }
    let message = Message::parse(&raw);
    if !message.is_message() {
        return Ok(Err(Refusal::new(RefusalKind::InvalidEmail, "these bytes are no message")));
    }
    let received_at = new.received_at.or(message.received_at);
    Ok(Ok(NewEmail { raw, received_at, ..new }))
}
