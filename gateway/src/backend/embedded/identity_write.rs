//! Identity/set and VacationResponse/set (RFC 8621 §6.3, §8.2), and what everybody has of these.

use async_trait::async_trait;
use serde_json::{Value, json};
use tornister_protocol::mail::EmailAddress;

use super::{
    change::{Change, Item},
    state::derived_id,
    user_scope,
    view::{View, repeats},
};
use crate::backend::{
    BackendError, Batch, Kind as _, Object, Outcome, Refusal, RefusalKind, Writer,
    select::text,
    submission::{Identity, IdentityFields, VacationResponse},
};

/// The only id of a VacationResponse.
pub const SINGLETON: &str = "singleton";
const MAX_IDENTITIES: usize = 50;

/// Gives a person the identity and the vacation response that everybody has.
pub async fn ensure(change: &mut Change, login: &str, name: &str, email: &str) -> Result<(), BackendError> {
    let scope = user_scope(login);
    let id = derived_id('I', &[&scope, "own"]);
    let mut identity = match change.read(&scope, Identity::NAME, &id).await? {
        Some(identity) => identity,
        None => identity(&id, &IdentityFields { name: Some(name.to_owned()), ..Default::default() }, false),
    };
    identity.insert("email".to_owned(), json!(email));
    change.put(&scope, Identity::NAME, &id, &Item::plain(identity)).await?;
    if change.read(&scope, VacationResponse::NAME, SINGLETON).await?.is_none() {
        let mut vacation = Object::new();
        for name in ["fromDate", "toDate", "subject", "textBody", "htmlBody"] {
            vacation.insert(name.to_owned(), Value::Null);
        }
        vacation.insert("id".to_owned(), json!(SINGLETON));
        vacation.insert("isEnabled".to_owned(), json!(false));
        change.put(&scope, VacationResponse::NAME, SINGLETON, &Item::plain(vacation)).await?;
    }
    Ok(())
}

fn identity(id: &str, fields: &IdentityFields, may_delete: bool) -> Object {
    let mut object = Object::new();
    for (name, value) in [
        ("id", json!(id)),
        ("name", json!("")),
        ("email", json!(fields.email)),
        ("replyTo", Value::Null),
        ("bcc", Value::Null),
        ("textSignature", json!("")),
        ("htmlSignature", json!("")),
        ("mayDelete", json!(may_delete)),
    ] {
        object.insert(name.to_owned(), value);
    }
    apply(&mut object, fields);
    object
}

fn apply(object: &mut Object, fields: &IdentityFields) {
    let list = |list: &Option<Option<Vec<EmailAddress>>>| list.as_ref().map(|list| json!(list));
    for (name, value) in [
        ("name", fields.name.as_ref().map(|name| json!(name))),
        ("replyTo", list(&fields.reply_to)),
        ("bcc", list(&fields.bcc)),
        ("textSignature", fields.text_signature.as_ref().map(|text| json!(text))),
        ("htmlSignature", fields.html_signature.as_ref().map(|html| json!(html))),
    ] {
        if let Some(value) = value {
            object.insert(name.to_owned(), value);
        }
    }
}

#[async_trait]
impl Writer<Identity> for View {
    async fn set(&self, batch: Batch<Identity>) -> Result<Outcome, BackendError> {
        let scope = self.scopes.own();
        let (mut change, mut outcome) = self.begin::<Identity>(batch.if_in_state.as_ref()).await?;
        let own = change.read(scope, Identity::NAME, &derived_id('I', &[scope, "own"])).await?;
        let own = own.as_ref().map(|own| text(own, "email").to_owned()).unwrap_or_default();
        let mut count = change.read_all(scope, Identity::NAME).await?.len();
        for (key, fields) in &batch.create {
            let email = fields.email.as_deref().unwrap_or_default();
            let result = if !email.eq_ignore_ascii_case(&own) {
                Err(Refusal::new(RefusalKind::ForbiddenFrom, "only one's own address"))
            } else if count >= MAX_IDENTITIES {
                Err(Refusal::new(RefusalKind::OverQuota, "too many identities"))
            } else {
                count += 1;
                let id = self.new_id('I')?;
                let object = identity(&id, fields, true);
                change.put(scope, Identity::NAME, &id, &Item::plain(object.clone())).await?;
                Ok(object)
            };
            outcome.note_created(key, result);
        }
        for (id, patch) in &batch.update {
            let id = &outcome.real(id);
            let result = match change.read(scope, Identity::NAME, id).await? {
                None => Err(Refusal::not_found()),
                Some(mut object) => match repeats(&object, &patch.repeated) {
                    Err(refusal) => Err(refusal),
                    Ok(()) => {
                        apply(&mut object, &patch.update);
                        change.put(scope, Identity::NAME, id, &Item::plain(object)).await?;
                        Ok(())
                    }
                },
            };
            outcome.note_updated(id, result);
        }
        for id in &batch.destroy {
            let id = &outcome.real(id);
            let result = match change.read(scope, Identity::NAME, id).await? {
                None => Err(Refusal::not_found()),
                Some(object) if object["mayDelete"] != true => {
                    Err(Refusal::new(RefusalKind::Forbidden, "everybody has this identity"))
                }
                Some(_) => {
                    change.destroy(scope, Identity::NAME, id).await?;
                    Ok(())
                }
            };
            outcome.note_destroyed(id, result);
        }
        self.finish::<Identity>(change, outcome, &batch.operations).await
    }
}

#[async_trait]
impl Writer<VacationResponse> for View {
    async fn set(&self, batch: Batch<VacationResponse>) -> Result<Outcome, BackendError> {
        let scope = self.scopes.own();
        let (mut change, mut outcome) = self.begin::<VacationResponse>(batch.if_in_state.as_ref()).await?;
        for (id, patch) in batch.update {
            let result = match change.read(scope, VacationResponse::NAME, &id).await? {
                None => Err(Refusal::not_found()),
                Some(mut object) => match repeats(&object, &patch.repeated) {
                    Err(refusal) => Err(refusal),
                    Ok(()) => {
                        let before = object.clone();
                        object.extend(patch.update.0);
                        change.put(scope, VacationResponse::NAME, &id, &Item::plain(object.clone())).await?;
                        if object != before {
                            // A new absence is news to everybody.
                            sqlx::query("DELETE FROM absence_told WHERE scope = ?1")
                                .bind(scope)
                                .execute(&mut *change.transaction)
                                .await?;
                        }
                        Ok(())
                    }
                },
            };
            outcome.note_updated(&id, result);
        }
        for id in batch.destroy {
            let refusal =
                if id == SINGLETON { Refusal::bare(RefusalKind::Singleton) } else { Refusal::not_found() };
            outcome.note_destroyed(&id, Err(refusal));
        }
        self.finish::<VacationResponse>(change, outcome, &batch.operations).await
    }
}
