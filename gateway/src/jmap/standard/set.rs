//! `/set` (RFC 8620 §5.3).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tornister_protocol::{
    core::{MethodError, MethodErrorKind},
    id::{AccountId, State},
};

use super::{Changed, Creating, creation, operations::take_done};
use crate::{
    backend::{Batch, Object, Outcome, Patch, Refusal, RefusalKind},
    jmap::{
        limits::MAX_OBJECTS_IN_SET,
        method::{Answer, Call, backend_error, bare, error, invalid_arguments},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetArgs {
    account_id: AccountId,
    if_in_state: Option<State>,
    create: Option<BTreeMap<String, Object>>,
    update: Option<BTreeMap<String, Object>>,
    destroy: Option<Vec<String>>,
}

/// Creates, changes, destroys.
pub async fn set<K: Changed>(mut call: Call<'_>) -> Answer {
    let (account_id, outcome) = set_objects::<K>(&mut call).await?;
    Ok(response(&account_id, &outcome))
}

/// The same, for a type that goes on with what came out.
pub async fn set_objects<K: Changed>(call: &mut Call<'_>) -> Result<(AccountId, Outcome), MethodError> {
    let args: SetArgs = call.parse()?;
    let options: K::SetOptions = call.parse()?;
    let account = call.account(&args.account_id)?;
    if K::source(account.access.sources()).is_none() {
        return Err(bare(MethodErrorKind::AccountNotSupportedByMethod));
    }
    let writers = account.access.writers().ok_or_else(|| bare(MethodErrorKind::AccountReadOnly))?;
    let writer = K::writer(writers).ok_or_else(|| bare(MethodErrorKind::AccountReadOnly))?;

    let create = args.create.unwrap_or_default();
    let mut update = args.update.unwrap_or_default();
    let destroy = args.destroy.unwrap_or_default();
    if create.len() + update.len() + destroy.len() > MAX_OBJECTS_IN_SET {
        let description = format!("at most {MAX_OBJECTS_IN_SET} objects");
        return Err(error(MethodErrorKind::RequestTooLarge, description));
    }
    if let Some(bad) = create.keys().find(|key| !creation::is_id(key)) {
        return Err(invalid_arguments(format!("'{bad}' is no creation id (RFC 8620 §1.2)")));
    }
    let mut operations = take_done(call, writers, &mut update).await?;
    let mut batch = Batch {
        if_in_state: args.if_in_state,
        create: Vec::new(),
        update: Vec::new(),
        destroy: Vec::new(),
        operations: Vec::new(),
        options,
    };
    let mut refused = Refused::default();
    // What this call creates anew is no longer what an earlier one created.
    let mut known = call.run.created_ids.clone();
    known.retain(|key, _| !create.contains_key(key));
    let known = &known;
    for id in destroy {
        let id = creation::resolve(&id, known);
        if !batch.destroy.contains(&id) {
            batch.destroy.push(id);
        }
    }
    operations.iter_mut().for_each(|it| it.object = creation::resolve(&it.object, known));
    batch.operations = operations;
    let creating = Creating { account, environment: call.environment };
    for (key, mut object) in create {
        K::resolve(&mut object, known);
        let created = match server_set::<K>(&object) {
            Some(refusal) => Err(refusal),
            None => K::create(&creating, object).await?,
        };
        match created {
            Ok(create) => batch.create.push((key, create)),
            Err(refusal) => {
                refused.create.insert(key, refusal);
            }
        }
    }
    for (id, mut patch) in update {
        let id = creation::resolve(&id, known);
        K::resolve(&mut patch, known);
        let update = if batch.destroy.contains(&id) {
            Err(Refusal::bare(RefusalKind::WillDestroy))
        } else {
            understood::<K>(patch)
        };
        match update {
            Ok(update) => batch.update.push((id, update)),
            Err(refusal) => {
                refused.update.insert(id, refusal);
            }
        }
    }
    let mut outcome = writer.set(batch).await.map_err(backend_error)?;
    outcome.not_created.append(&mut refused.create);
    outcome.not_updated.append(&mut refused.update);
    creation::remember(&mut call.run.created_ids, &outcome);
    Ok((args.account_id, outcome))
}

#[derive(Default)]
struct Refused {
    create: BTreeMap<String, Refusal>,
    update: BTreeMap<String, Refusal>,
}

fn server_set<K: Changed>(object: &Object) -> Option<Refusal> {
    let found: Vec<String> =
        object.keys().filter(|name| K::SERVER_SET.contains(&name.as_str())).cloned().collect();
    (!found.is_empty()).then(|| Refusal {
        properties: Some(found),
        ..Refusal::new(RefusalKind::InvalidProperties, "the server sets these")
    })
}

/// Sorts a patch into what changes and what is only repeated.
fn understood<K: Changed>(patch: Object) -> Result<Patch<K>, Refusal> {
    let mut repeated = Map::new();
    let mut changing = Map::new();
    for (path, value) in patch {
        let property = path.split('/').next().unwrap_or_default();
        if K::SERVER_SET.contains(&property) || K::IMMUTABLE.contains(&property) {
            if property != path {
                return Err(Refusal::property(property, "this property cannot change"));
            }
            repeated.insert(path, value);
        } else {
            changing.insert(path, value);
        }
    }
    for path in changing.keys() {
        let inside = |other: &String| {
            other.len() > path.len()
                && other.starts_with(path.as_str())
                && other[path.len()..].starts_with('/')
        };
        if changing.keys().any(inside) {
            return Err(Refusal::new(RefusalKind::InvalidPatch, "one path lies inside another"));
        }
    }
    Ok(Patch { update: K::update(&changing)?, repeated })
}

/// The answer to a `/set` (RFC 8620 §5.3).
pub fn response(account_id: &AccountId, outcome: &Outcome) -> Value {
    fn filled<V: serde::Serialize>(map: &BTreeMap<String, V>) -> Value {
        if map.is_empty() { Value::Null } else { json!(map) }
    }
    json!({
        "accountId": account_id,
        "oldState": outcome.old_state,
        "newState": outcome.new_state,
        "created": filled(&outcome.created),
        "updated": filled(&outcome.updated),
        "destroyed": if outcome.destroyed.is_empty() { Value::Null } else { json!(outcome.destroyed) },
        "notCreated": filled(&outcome.not_created),
        "notUpdated": filled(&outcome.not_updated),
        "notDestroyed": filled(&outcome.not_destroyed),
    })
}
