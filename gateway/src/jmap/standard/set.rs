//! `/set` (RFC 8620 §5.3). Objects are made and destroyed by the school, so far; pupils change them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tornister_protocol::core::{MethodErrorKind, SetArgs, SetError, SetErrorKind, SetResponse};

use super::Changed;
use crate::jmap::{
    limits::MAX_OBJECTS_IN_SET,
    method::{Answer, Call, backend_error, bare, error},
};

/// Carries out patches.
pub async fn set<K: Changed>(call: Call<'_>) -> Answer {
    let args: SetArgs<Value> = call.parse()?;
    let account = call.account(&args.account_id)?;
    if K::source(account.access.sources()).is_none() {
        return Err(bare(MethodErrorKind::AccountNotSupportedByMethod));
    }
    let writer = account.access.writers().and_then(K::writer);
    let writer = writer.ok_or_else(|| bare(MethodErrorKind::AccountReadOnly))?;

    let create = args.create.unwrap_or_default();
    let update = args.update.unwrap_or_default();
    let destroy = args.destroy.unwrap_or_default();
    if create.len() + update.len() + destroy.len() > MAX_OBJECTS_IN_SET {
        let description = format!("at most {MAX_OBJECTS_IN_SET} objects");
        return Err(error(MethodErrorKind::RequestTooLarge, description));
    }
    let mut refused = BTreeMap::new();
    let mut updates = BTreeMap::new();
    for (id, patch) in update {
        let update = if destroy.contains(&id) {
            Err(refusal(SetErrorKind::WillDestroy, ""))
        } else {
            K::update(&patch)
        };
        match update {
            Ok(update) => {
                updates.insert(id, update);
            }
            Err(error) => {
                refused.insert(id, error);
            }
        }
    }
    let outcome = writer.update(args.if_in_state.as_ref(), &updates).await.map_err(backend_error)?;
    refused.extend(outcome.refused);

    let forbidden = |what: &str| refusal(SetErrorKind::Forbidden, what);
    let not_created = create.into_keys().map(|id| (id, forbidden("only the school makes these")));
    let not_destroyed = destroy.into_iter().map(|id| (id, forbidden("only the school destroys these")));
    let updated: BTreeMap<String, Option<Value>> = outcome.updated.into_iter().map(|id| (id, None)).collect();
    Ok(json!(SetResponse::<Value> {
        account_id: args.account_id,
        old_state: Some(outcome.old_state),
        new_state: outcome.new_state,
        created: None,
        updated: some_unless_empty(updated),
        destroyed: None,
        not_created: some_unless_empty(not_created.collect()),
        not_updated: some_unless_empty(refused),
        not_destroyed: some_unless_empty(not_destroyed.collect()),
    }))
}

fn some_unless_empty<V>(map: BTreeMap<String, V>) -> Option<BTreeMap<String, V>> {
    Some(map).filter(|map| !map.is_empty())
}

/// A refusal with words for developers.
fn refusal(kind: SetErrorKind, description: &str) -> SetError {
    let description = Some(description.to_owned()).filter(|text| !text.is_empty());
    SetError { kind, description, properties: None }
}
