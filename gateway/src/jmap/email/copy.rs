//! Email/copy (RFC 8620 §5.4, RFC 8621 §4.7).

use std::collections::BTreeMap;

use serde_json::Value;
use tornister_protocol::{
    core::{MethodError, MethodErrorKind},
    id::BlobId,
    mail::Email,
};

use super::set::{keywords, mailboxes};
use crate::{
    backend::{
        Batch, MailSources, NewEmail, NoOptions, Object, Refusal, RefusalKind, Wanted, Writable as _,
        moment::Moment, select::text,
    },
    jmap::{
        limits::MAX_SIZE_BATCH,
        method::{Answer, Call, backend_error, bare},
        standard::{CopyArgs, both, creation, each, typed},
    },
};

/// Mails of one account become mails of another.
pub async fn copy(mut call: Call<'_>) -> Answer {
    let mut args = CopyArgs::read(&call)?;
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
        if_in_state: args.if_in_state.clone(),
        create: Vec::new(),
        update: Vec::new(),
        destroy: Vec::new(),
        operations: Vec::new(),
        options: NoOptions::default(),
    };
    let mut refused = BTreeMap::new();
    let mut originals = BTreeMap::new();
    let mut size = 0;
    for (key, mut object) in std::mem::take(&mut args.create) {
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
    Ok(args.finish(&mut call, &outcome, originals, "Email/set"))
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
    let unknown = each(object, |name, _| match known.contains(&name) {
        true => Ok(()),
        false => Err(Refusal::property(name, "cannot be set while copying")),
    });
    let or_original = |name: &str| {
        object.get(name).filter(|value| !value.is_null()).or(original.get(name)).unwrap_or(&Value::Null)
    };
    let mailboxes = mailboxes(object.get("mailboxIds").unwrap_or(&Value::Null));
    let placed = both(mailboxes, keywords(or_original("keywords")));
    let received_at = typed::<Moment>("receivedAt", or_original("receivedAt"));
    let ((mailboxes, keywords), (received_at, ())) = both(placed, both(received_at, unknown))?;
    Ok(NewEmail { raw, mailboxes, keywords, received_at: Some(received_at.0), renamed: Vec::new() })
}
