//! ParticipantIdentity/set (draft-ietf-jmap-calendars §3.3), and the one that everybody has.

use async_trait::async_trait;
use serde_json::json;

use super::{
    change::{Change, Item},
    collection_write::{note_default, nothing_was_refused},
    state::derived_id,
    user_scope,
    view::{View, repeats},
};
use crate::backend::{
    BackendError, Batch, Kind as _, Object, Outcome, Patch, Refusal, RefusalKind, Writer,
    calendar::ParticipantIdentity, patch::apply_over, select::text,
};

const MOST: usize = 20;
const KIND: &str = ParticipantIdentity::NAME;

/// Gives a person the identity that everybody has.
pub async fn ensure(change: &mut Change, login: &str, name: &str, email: &str) -> Result<(), BackendError> {
    let scope = user_scope(login);
    let id = own_id(&scope);
    let address = format!("mailto:{email}");
    let mut identity = change.read(&scope, KIND, &id).await?.unwrap_or_else(|| {
        let name = json!({ "id": id, "name": name, "isDefault": true });
        name.as_object().cloned().unwrap_or_default()
    });
    identity.insert("scheduleId".to_owned(), json!(address));
    identity.insert("sendTo".to_owned(), json!({ "imip": address }));
    change.put(&scope, KIND, &id, &Item::plain(identity)).await?;
    Ok(())
}

/// The address under which a person takes part, as `mailto:`.
pub async fn own_address(change: &mut Change, scope: &str) -> Result<String, BackendError> {
    let own = change.read(scope, KIND, &own_id(scope)).await?;
    Ok(own.map(|own| text(&own, "scheduleId").to_owned()).unwrap_or_default())
}

fn own_id(scope: &str) -> String {
    derived_id('P', &[scope, "own"])
}

#[async_trait]
impl Writer<ParticipantIdentity> for View {
    async fn set(&self, batch: Batch<ParticipantIdentity>) -> Result<Outcome, BackendError> {
        let scope = self.scopes.own();
        let (mut change, mut outcome) = self.begin::<ParticipantIdentity>(batch.if_in_state.as_ref()).await?;
        let own = own_address(&mut change, scope).await?;
        let mut count = change.read_all(scope, KIND).await?.len();
        for (key, properties) in &batch.create {
            let address = text(&properties.0, "scheduleId");
            let result = if !address.eq_ignore_ascii_case(&own) {
                Err(Refusal::new(RefusalKind::Forbidden, "only one's own address"))
            } else if count >= MOST {
                Err(Refusal::bare(RefusalKind::OverQuota))
            } else {
                count += 1;
                let mut object = properties.0.clone();
                for (name, default) in defaults(&own) {
                    object.entry(name).or_insert(default);
                }
                object.insert("id".to_owned(), json!(self.new_id('P')?));
                object.insert("isDefault".to_owned(), json!(false));
                put(&mut change, scope, &object).await?;
                object.retain(|name, value| properties.0.get(name) != Some(value));
                Ok(object)
            };
            outcome.note_created(key, result);
        }
        for (named, patch) in batch.update {
            let Some(id) = outcome.resolve(&named) else {
                outcome.note_updated(&named, Err(Refusal::not_found()));
                continue;
            };
            let result = match change.read(scope, KIND, &id).await? {
                None => Err(Refusal::not_found()),
                Some(object) => match updated(object, &patch) {
                    Err(refusal) => Err(refusal),
                    Ok(object) => {
                        put(&mut change, scope, &object).await?;
                        Ok(())
                    }
                },
            };
            outcome.note_updated(&id, result);
        }
        for named in &batch.destroy {
            let Some(id) = outcome.resolve(named) else {
                outcome.note_destroyed(named, Err(Refusal::not_found()));
                continue;
            };
            let result = match change.read(scope, KIND, &id).await? {
                None => Err(Refusal::not_found()),
                Some(_) if id == own_id(scope) => {
                    Err(Refusal::new(RefusalKind::Forbidden, "everybody has this identity"))
                }
                Some(_) => {
                    change.destroy(scope, KIND, &id).await?;
                    Ok(())
                }
            };
            outcome.note_destroyed(&id, result);
        }
        let wanted = batch.options.on_success_set_is_default.as_deref();
        let wanted = wanted.and_then(|id| outcome.resolve(id)).filter(|_| nothing_was_refused(&outcome));
        if let Some(id) = wanted {
            set_default(&mut change, scope, &id, &mut outcome).await?;
        }
        self.finish::<ParticipantIdentity>(change, outcome, &batch.operations).await
    }
}

/// What an identity with this address has unless its person says otherwise.
fn defaults(address: &str) -> Object {
    let sends = json!({ "imip": address });
    Object::from_iter([("name".to_owned(), json!("")), ("sendTo".to_owned(), sends)])
}

fn updated(mut object: Object, patch: &Patch<ParticipantIdentity>) -> Result<Object, Refusal> {
    repeats(&object, &patch.repeated)?;
    let defaults = defaults(text(&object, "scheduleId"));
    apply_over(&mut object, &defaults, &patch.update.0)?;
    Ok(object)
}

async fn put(change: &mut Change, scope: &str, object: &Object) -> Result<(), BackendError> {
    change.put(scope, KIND, text(object, "id"), &Item::plain(object.clone())).await?;
    Ok(())
}

async fn set_default(
    change: &mut Change,
    scope: &str,
    id: &str,
    outcome: &mut Outcome,
) -> Result<(), BackendError> {
    if change.read(scope, KIND, id).await?.is_none() {
        return Ok(());
    }
    for (other, json) in change.read_all(scope, KIND).await? {
        let mut object: Object = serde_json::from_str(&json)?;
        let is_default = json!(other == id);
        if object.get("isDefault") != Some(&is_default) {
            note_default(outcome, &other, &is_default);
            object.insert("isDefault".to_owned(), is_default);
            put(change, scope, &object).await?;
        }
    }
    Ok(())
}
