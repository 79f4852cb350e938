//! EmailSubmission/set (RFC 8621 §7.5): what is sent lies ready for a moment, and can be taken back until
//! [`super::delivery`] fetches it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use tornister_formats::mime::Message;
use tornister_protocol::{
    mail::{Email, EmailAddress},
    time::UtcDate,
};

use super::{
    change::{Change, Item},
    view::{View, repeats},
};
use crate::backend::{
    BackendError, Batch, Kind as _, Object, Outcome, Patch, Refusal, RefusalKind, Writer,
    select::text,
    submission::{EmailSubmission, Envelope, EnvelopeAddress, Identity, NewSubmission},
};

/// For how long a sent mail can be taken back.
pub const UNDO_SECONDS: i64 = 10;
const MAX_RECIPIENTS: usize = 300;
/// Octets of a mail that can be sent.
const MAX_SIZE: u64 = 75_000_000;

#[async_trait]
impl Writer<EmailSubmission> for View {
    async fn set(&self, batch: Batch<EmailSubmission>) -> Result<Outcome, BackendError> {
        let scope = self.scopes.own();
        let (mut change, mut outcome) = self.begin::<EmailSubmission>(batch.if_in_state.as_ref()).await?;
        for (key, new) in &batch.create {
            let result = self.submit(&mut change, new).await?;
            outcome.note_created(key, result);
        }
        for (id, patch) in &batch.update {
            let id = &outcome.real(id);
            let result = update(&mut change, scope, id, patch).await?;
            outcome.note_updated(id, result);
        }
        for id in &batch.destroy {
            let id = &outcome.real(id);
            // What lies ready leaves all the same.
            let exists = change.read(scope, EmailSubmission::NAME, id).await?.is_some();
            if exists {
                change.destroy(scope, EmailSubmission::NAME, id).await?;
            }
            outcome.note_destroyed(id, exists.then_some(()).ok_or_else(Refusal::not_found));
        }
        self.finish::<EmailSubmission>(change, outcome, &batch.operations).await
    }
}

impl View {
    async fn submit(
        &self,
        change: &mut Change,
        new: &NewSubmission,
    ) -> Result<Result<Object, Refusal>, BackendError> {
        let scope = self.scopes.own();
        let Some(identity) = change.read(scope, Identity::NAME, &new.identity_id).await? else {
            return Ok(Err(Refusal::property("identityId", "no such identity")));
        };
        let Some(email) = change.read(scope, Email::NAME, &new.email_id).await? else {
            return Ok(Err(Refusal::property("emailId", "no such mail")));
        };
        let blob_id = text(&email, "blobId");
        let raw: Vec<u8> = sqlx::query_scalar("SELECT bytes FROM blob WHERE id = ?1")
            .bind(blob_id)
            .fetch_one(&mut *change.transaction)
            .await?;
        let message = Message::parse(&raw);
        let envelope = match envelope(new, &message, text(&identity, "email")) {
            Ok(envelope) => envelope,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let recipients: Vec<&str> = envelope.rcpt_to.iter().map(|to| to.email.as_str()).collect();
        let recipients = serde_json::to_string(&recipients)?;
        let strangers: Vec<String> = sqlx::query_scalar(
            "SELECT value FROM json_each(?1) WHERE lower(value) NOT IN
                 (SELECT email FROM person WHERE email IS NOT NULL)",
        )
        .bind(&recipients)
        .fetch_all(&mut *change.transaction)
        .await?;
        if !strangers.is_empty() {
            let refusal =
                Refusal::new(RefusalKind::InvalidRecipients, "nobody at this school has these addresses");
            return Ok(Err(refusal.with("invalidRecipients", strangers)));
        }
        let id = self.new_id('S')?;
        sqlx::query(
            "INSERT INTO outgoing (scope, id, blob_id, recipients, sender, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(scope)
        .bind(&id)
        .bind(blob_id)
        .bind(&recipients)
        .bind(&envelope.mail_from.email)
        .bind(change.now + UNDO_SECONDS)
        .execute(&mut *change.transaction)
        .await?;
        let object = submission(&id, new, &email, &envelope, self.environment.clock.now());
        change.put(scope, EmailSubmission::NAME, &id, &Item::plain(object.clone())).await?;
        Ok(Ok(object))
    }
}

fn submission(
    id: &str,
    new: &NewSubmission,
    email: &Object,
    envelope: &Envelope,
    send_at: UtcDate,
) -> Object {
    let queued = json!({ "smtpReply": "250 2.1.5 queued", "delivered": "queued", "displayed": "unknown" });
    let status: Map<String, Value> =
        envelope.rcpt_to.iter().map(|to| (to.email.clone(), queued.clone())).collect();
    let properties = [
        ("id", json!(id)),
        ("identityId", json!(new.identity_id)),
        ("emailId", json!(new.email_id)),
        ("threadId", email.get("threadId").cloned().unwrap_or_default()),
        ("envelope", json!(envelope)),
        ("sendAt", json!(send_at)),
        ("undoStatus", json!("pending")),
        ("deliveryStatus", Value::Object(status)),
        ("dsnBlobIds", json!([])),
        ("mdnBlobIds", json!([])),
    ];
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Who sends and who gets it, where both may (RFC 8621 §7).
fn envelope(new: &NewSubmission, message: &Message, own: &str) -> Result<Envelope, Refusal> {
    let is_own = |address: &str| address.eq_ignore_ascii_case(own);
    if message.size > MAX_SIZE {
        let refusal = Refusal::new(RefusalKind::TooLarge, "too large to be sent");
        return Err(refusal.with("maxSize", MAX_SIZE));
    }
    let from = message.from.as_deref().unwrap_or_default();
    let mut invalid = Vec::new();
    if from.is_empty() {
        invalid.push("from".to_owned());
    }
    if message.sent_at.is_none() {
        invalid.push("sentAt".to_owned());
    }
    if !invalid.is_empty() {
        let refusal = Refusal::new(RefusalKind::InvalidEmail, "a mail has an author and a date");
        return Err(Refusal { properties: Some(invalid), ..refusal });
    }
    let envelope = match &new.envelope {
        Some(envelope) => envelope.clone(),
        None => Envelope { mail_from: address(own), rcpt_to: recipients(message) },
    };
    if envelope.rcpt_to.is_empty() {
        return Err(Refusal::new(RefusalKind::NoRecipients, "nobody is to get this mail"));
    }
    if envelope.rcpt_to.len() > MAX_RECIPIENTS {
        let refusal = Refusal::new(RefusalKind::TooManyRecipients, "write to a group instead");
        return Err(refusal.with("maxRecipients", MAX_RECIPIENTS));
    }
    if from.iter().chain(message.sender.iter().flatten()).any(|author| !is_own(&author.email)) {
        return Err(Refusal::new(RefusalKind::ForbiddenFrom, "the author is not the identity's address"));
    }
    if !envelope.mail_from.email.is_empty() && !is_own(&envelope.mail_from.email) {
        return Err(Refusal::new(RefusalKind::ForbiddenMailFrom, "the sender is not the identity's address"));
    }
    let has_parameters = |address: &EnvelopeAddress| {
        address.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty())
    };
    if has_parameters(&envelope.mail_from) || envelope.rcpt_to.iter().any(has_parameters) {
        return Err(Refusal::property("envelope", "no parameters of SMTP are known here"));
    }
    Ok(envelope)
}

fn address(email: &str) -> EnvelopeAddress {
    EnvelopeAddress { email: email.to_owned(), parameters: None }
}

/// Those of To, Cc and Bcc, each once.
fn recipients(message: &Message) -> Vec<EnvelopeAddress> {
    let lists = [&message.to, &message.cc, &message.bcc];
    let mut seen = BTreeSet::new();
    let all = lists.into_iter().flatten().flatten();
    let once = all.filter(|to: &&EmailAddress| !to.email.is_empty() && seen.insert(to.email.to_lowercase()));
    once.map(|to| address(&to.email)).collect()
}

async fn update(
    change: &mut Change,
    scope: &str,
    id: &str,
    patch: &Patch<EmailSubmission>,
) -> Result<Result<(), Refusal>, BackendError> {
    let Some(mut object) = change.read(scope, EmailSubmission::NAME, id).await? else {
        return Ok(Err(Refusal::not_found()));
    };
    if let Err(refusal) = repeats(&object, &patch.repeated) {
        return Ok(Err(refusal));
    }
    match patch.update.undo_status.as_deref() {
        None => return Ok(Ok(())),
        Some(status) if status == text(&object, "undoStatus") => return Ok(Ok(())),
        Some("canceled") => {}
        Some(_) => return Ok(Err(Refusal::property("undoStatus", "can only be set to canceled"))),
    }
    let taken_back = sqlx::query("DELETE FROM outgoing WHERE scope = ?1 AND id = ?2")
        .bind(scope)
        .bind(id)
        .execute(&mut *change.transaction)
        .await?;
    if taken_back.rows_affected() == 0 {
        return Ok(Err(Refusal::new(RefusalKind::CannotUnsend, "it has left")));
    }
    object.insert("undoStatus".to_owned(), json!("canceled"));
    change.put(scope, EmailSubmission::NAME, id, &Item::plain(object)).await?;
    Ok(Ok(()))
}
