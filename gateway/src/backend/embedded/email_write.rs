//! Email/set (RFC 8621 §4.6).

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde_json::{Value, json};
use tornister_formats::mime::Message;
use tornister_protocol::{
    id::BlobId,
    mail::{Email, Mailbox},
};

use super::{
    blobs::{self, blocking},
    change::Change,
    emails::{self, Touched},
    quota,
    view::{View, repeats},
};
use crate::backend::{
    BackendError, Batch, Kind as _, NewEmail, Object, Outcome, Patch, Refusal, RefusalKind, Writer, email,
    select::text,
};

const MAX_KEYWORDS: usize = 100;

#[async_trait]
impl Writer<Email> for View {
    async fn set(&self, batch: Batch<Email>) -> Result<Outcome, BackendError> {
        let scope = self.scopes.own();
        let mut new = Vec::new();
        for (key, email) in batch.create {
            let (email, read) = blocking(move || {
                let read = emails::Read::parse(&email.raw);
                (email, read)
            })
            .await?;
            new.push((key, email, read));
        }
        let (mut change, mut outcome) = self.begin::<Email>(batch.if_in_state.as_ref()).await?;
        let known: BTreeSet<String> = change.read_all(scope, Mailbox::NAME).await?.into_keys().collect();
        let mut touched = Touched::default();
        let mut room = quota::room(&mut change, scope).await?;
        for (key, email, read) in new {
            let result = self.create(&mut change, &email, &read, &known, &mut touched, &mut room).await?;
            outcome.note_created(&key, result);
        }
        for (id, patch) in &batch.update {
            let id = &outcome.real(id);
            let result = update(&mut change, scope, id, patch, &known, &mut touched).await?;
            outcome.note_updated(id, result);
        }
        for id in &batch.destroy {
            let id = &outcome.real(id);
            let exists = change.read(scope, Email::NAME, id).await?.is_some();
            if exists {
                emails::discard(&mut change, scope, id, &mut touched).await?;
            }
            outcome.note_destroyed(id, exists.then_some(()).ok_or_else(Refusal::not_found));
        }
        touched.settle(&mut change, scope).await?;
        self.finish::<Email>(change, outcome, &batch.operations).await
    }
}

impl View {
    async fn create(
        &self,
        change: &mut Change,
        email: &NewEmail,
        read: &emails::Read,
        known: &BTreeSet<String>,
        touched: &mut Touched,
        room: &mut i64,
    ) -> Result<Result<Object, Refusal>, BackendError> {
        if let Err(refusal) = placed(&email.mailboxes, &email.keywords, known) {
            return Ok(Err(refusal));
        }
        let size = i64::try_from(email.raw.len()).unwrap_or(i64::MAX);
        if size > *room {
            return Ok(Err(Refusal::bare(RefusalKind::OverQuota)));
        }
        *room -= size;
        let id = self.new_id('E')?;
        let new = emails::New {
            id: &id,
            raw: &email.raw,
            read,
            received_at: email.received_at.unwrap_or_else(|| self.environment.clock.now()),
            mailboxes: &email.mailboxes,
            keywords: &email.keywords,
        };
        let threads = emails::add_all(change, self.scopes.own(), &[new], touched).await?;
        let properties = [
            ("id", json!(id)),
            ("blobId", json!(read.blob_id)),
            ("threadId", json!(threads.first())),
            ("size", json!(email.raw.len())),
        ];
        let mut object: Object =
            properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if !email.renamed.is_empty() {
            object.extend(renamed(email, &read.blob_id));
        }
        Ok(Ok(object))
    }
}

/// The properties whose blobs have other ids now.
fn renamed(email: &NewEmail, blob_id: &BlobId) -> Object {
    let names: Vec<String> = email.renamed.iter().map(|name| (*name).to_owned()).collect();
    let message = Message::parse(&email.raw);
    let mut content = email::content(&message, blob_id, Some(&names), &email::BodyOptions::default());
    content.retain(|name, _| names.contains(name));
    content
}

async fn update(
    change: &mut Change,
    scope: &str,
    id: &str,
    patch: &Patch<Email>,
    known: &BTreeSet<String>,
    touched: &mut Touched,
) -> Result<Result<(), Refusal>, BackendError> {
    let Some(object) = change.read(scope, Email::NAME, id).await? else {
        return Ok(Err(Refusal::not_found()));
    };
    if let Err(refusal) = repeats_all(change, &object, &patch.repeated).await? {
        return Ok(Err(refusal));
    }
    let old_mailboxes = emails::mailboxes(change, scope, id).await?;
    let old_keywords = emails::keywords(change, scope, id).await?;
    let mailboxes = patch.update.mailboxes.apply(&old_mailboxes);
    let keywords = patch.update.keywords.apply(&old_keywords);
    if let Err(refusal) = placed(&mailboxes, &keywords, known) {
        return Ok(Err(refusal));
    }
    if mailboxes == old_mailboxes && keywords == old_keywords {
        return Ok(Ok(()));
    }
    if let Some(thread) = object.get("threadId").and_then(Value::as_str) {
        touched.threads(change, scope, [thread]).await?;
    }
    emails::store(change, scope, id, object, &mailboxes, &keywords).await?;
    Ok(Ok(()))
}

/// Whether what a patch repeats is as the mail has it; the message is read only where its content is repeated.
async fn repeats_all(
    change: &mut Change,
    object: &Object,
    repeated: &Object,
) -> Result<Result<(), Refusal>, BackendError> {
    let (content, plain): (Object, Object) = repeated
        .clone()
        .into_iter()
        .partition(|(name, _)| email::CONTENT_PROPERTIES.contains(&name.as_str()));
    if let Err(refusal) = repeats(object, &plain) {
        return Ok(Err(refusal));
    }
    if content.is_empty() {
        return Ok(Ok(()));
    }
    let blob_id = BlobId::from(text(object, "blobId"));
    let raw = blobs::whole(&mut change.transaction, blob_id.as_str()).await?.unwrap_or_default();
    let other = blocking(move || {
        let message = Message::parse(&raw);
        email::first_other(&message, &blob_id, &content).map(str::to_owned)
    })
    .await?;
    Ok(other.map_or(Ok(()), |name| Err(Refusal::property(&name, "this property cannot change"))))
}

/// Whether a mail can be in these mailboxes with these keywords.
fn placed(
    mailboxes: &BTreeSet<String>,
    keywords: &BTreeSet<String>,
    known: &BTreeSet<String>,
) -> Result<(), Refusal> {
    if keywords.len() > MAX_KEYWORDS {
        let description = format!("an Email has at most {MAX_KEYWORDS} keywords");
        return Err(Refusal::new(RefusalKind::TooManyKeywords, &description));
    }
    if mailboxes.is_empty() || !mailboxes.is_subset(known) {
        let description = "an Email is in at least one Mailbox, and each of them exists";
        return Err(Refusal::property("mailboxIds", description));
    }
    Ok(())
}
