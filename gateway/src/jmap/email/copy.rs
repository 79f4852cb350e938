//! Email/copy (RFC 8620 §5.4, RFC 8621 §4.7).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tornister_protocol::{
    core::{MethodError, MethodErrorKind},
    id::{AccountId, BlobId, State},
    mail::Email,
};

use super::set::{keywords, mailboxes};
use crate::{
    backend::{
        Batch, MailSources, NewEmail, NoOptions, Object, Refusal, RefusalKind, Wanted, Writable as _,
        moment::Moment, select::text,
    },
    jmap::{
        limits::{MAX_OBJECTS_IN_SET, MAX_SIZE_BATCH},
        method::{Answer, Call, backend_error, bare, error, invalid_arguments},
        standard::{creation, response, typed},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CopyArgs {
    from_account_id: AccountId,
    if_from_in_state: Option<State>,
    account_id: AccountId,
    if_in_state: Option<State>,
    create: BTreeMap<String, Object>,
    #[serde(default)]
    on_success_destroy_original: bool,
    destroy_from_if_in_state: Option<State>,
}

/// Mails of one account become mails of another.
pub async fn copy(call: Call<'_>) -> Answer {
    let args: CopyArgs = call.parse()?;
    if args.from_account_id == args.account_id {
        return Err(invalid_arguments("'fromAccountId' is the same account as 'accountId'".to_owned()));
    }
    if args.create.len() > MAX_OBJECTS_IN_SET {
        return Err(error(MethodErrorKind::RequestTooLarge, format!("at most {MAX_OBJECTS_IN_SET} mails")));
    }
    let from = call.source_account(&args.from_account_id)?.access.sources().mail.as_ref();
    let from = from.ok_or_else(|| bare(MethodErrorKind::FromAccountNotSupportedByMethod))?;
    let account = call.account(&args.account_id)?;
    if account.access.sources().mail.is_none() {
        return Err(bare(MethodErrorKind::AccountNotSupportedByMethod));
    }
    let writer = account.access.writers().and_then(Email::writer);
    let writer = writer.ok_or_else(|| bare(MethodErrorKind::AccountReadOnly))?;
    if let Some(expected) = &args.if_from_in_state
        && from.emails.state().await.map_err(backend_error)? != *expected
    {
        return Err(bare(MethodErrorKind::StateMismatch));
    }
    let mut batch = Batch::<Email> {
        if_in_state: args.if_in_state,
        create: Vec::new(),
        update: Vec::new(),
        destroy: Vec::new(),
        options: NoOptions::default(),
    };
    let mut refused = BTreeMap::new();
    let mut originals = BTreeMap::new();
    let mut size = 0;
    for (key, mut object) in args.create {
        creation::resolve_object(&mut object, &["id", "mailboxIds"], &call.run.created_ids);
        match copied(from, &object, &mut size).await? {
            Ok(new) => {
                originals.insert(key.clone(), text(&object, "id").to_owned());
                batch.create.push((key, new));
            }
            Err(refusal) => {
                refused.insert(key, refusal);
            }
        }
    }
    let mut outcome = writer.set(batch).await.map_err(backend_error)?;
    outcome.not_created.append(&mut refused);
    originals.retain(|key, _| outcome.created.contains_key(key));
    if args.on_success_destroy_original && !originals.is_empty() {
        let mut destroy = Map::new();
        destroy.insert("accountId".to_owned(), json!(args.from_account_id));
        destroy.insert("ifInState".to_owned(), json!(args.destroy_from_if_in_state));
        destroy.insert("destroy".to_owned(), originals.into_values().collect());
        call.run.follow_ups.push(("Email/set", destroy));
    }
    let answer = response(&args.account_id, &outcome);
    Ok(json!({
        "fromAccountId": args.from_account_id,
        "accountId": args.account_id,
        "oldState": answer["oldState"],
        "newState": answer["newState"],
        "created": answer["created"],
        "notCreated": answer["notCreated"],
    }))
}

async fn copied(
    from: &MailSources,
    object: &Object,
    size: &mut usize,
) -> Result<Result<NewEmail, Refusal>, MethodError> {
    let wanted = Wanted {
        ids: Some(vec![text(object, "id").to_owned()]),
        properties: Some(["blobId", "keywords", "receivedAt"].map(str::to_owned).to_vec()),
        options: Default::default(),
        at_most: 1,
    };
    let found = from.emails.get(&wanted).await.map_err(backend_error)?;
    let Some(original) = found.list.first() else { return Ok(Err(Refusal::not_found())) };
    let blob_id = BlobId::from(text(original, "blobId"));
    let raw = from.blobs.blob(&blob_id).await.map_err(backend_error)?.unwrap_or_default();
    *size += raw.len();
    if *size > MAX_SIZE_BATCH {
        let refusal =
            Refusal::new(RefusalKind::TooLarge, "too many bytes in one call; copy the rest in another");
        return Ok(Err(refusal.with("maxSize", MAX_SIZE_BATCH)));
    }
    Ok(understood(object, original, raw))
}

fn understood(object: &Object, original: &Object, raw: Vec<u8>) -> Result<NewEmail, Refusal> {
    let known = ["id", "mailboxIds", "keywords", "receivedAt"];
    if let Some(unknown) = object.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Refusal::property(unknown, "cannot be set while copying"));
    }
    let or_original = |name: &str| {
        object.get(name).filter(|value| !value.is_null()).or(original.get(name)).unwrap_or(&Value::Null)
    };
    Ok(NewEmail {
        raw,
        mailboxes: mailboxes(object.get("mailboxIds").unwrap_or(&Value::Null))?,
        keywords: keywords(or_original("keywords"))?,
        received_at: Some(typed::<Moment>("receivedAt", or_original("receivedAt"))?.0),
    })
}
