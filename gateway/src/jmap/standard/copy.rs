//! `/copy` (RFC 8620 §5.4) of objects that are copied whole.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tornister_protocol::{
    core::{MethodError, MethodErrorKind},
    id::{AccountId, State},
};

use super::{Changed, Creating, creation, response};
use crate::{
    backend::{Batch, Object, Outcome, Refusal, Wanted, select::text},
    jmap::{
        limits::MAX_OBJECTS_IN_SET,
        method::{Answer, Call, backend_error, bare, error, invalid_arguments},
    },
};

/// The arguments of every `/copy`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyArgs {
    /// Where the originals are.
    pub from_account_id: AccountId,
    /// Nothing happens unless these are in this state.
    pub if_from_in_state: Option<State>,
    /// Where the copies will be.
    pub account_id: AccountId,
    /// Nothing happens unless these are in this state.
    pub if_in_state: Option<State>,
    /// By creation id; `id` names the original, other properties are set anew.
    pub create: BTreeMap<String, Object>,
    /// Whether the originals go then.
    #[serde(default)]
    pub on_success_destroy_original: bool,
    destroy_from_if_in_state: Option<State>,
}

impl CopyArgs {
    /// Reads and checks them.
    pub fn read(call: &Call<'_>) -> Result<Self, MethodError> {
        let args: Self = call.parse()?;
        if args.from_account_id == args.account_id {
            return Err(invalid_arguments("'fromAccountId' is the same account as 'accountId'".to_owned()));
        }
        if args.create.len() > MAX_OBJECTS_IN_SET {
            let description = format!("at most {MAX_OBJECTS_IN_SET} objects");
            return Err(error(MethodErrorKind::RequestTooLarge, description));
        }
        Ok(args)
    }

    /// The answer; and after it the destruction of the originals that were copied, where it is wanted.
    /// `originals` are their ids by creation id.
    pub fn finish(
        self,
        call: &mut Call<'_>,
        outcome: &Outcome,
        mut originals: BTreeMap<String, String>,
        set: &'static str,
    ) -> Value {
        creation::remember(&mut call.run.created_ids, outcome);
        originals.retain(|key, _| outcome.created.contains_key(key));
        if self.on_success_destroy_original && !originals.is_empty() {
            let mut destroy = Map::new();
            destroy.insert("accountId".to_owned(), json!(self.from_account_id));
            destroy.insert("ifInState".to_owned(), json!(self.destroy_from_if_in_state));
            destroy.insert("destroy".to_owned(), originals.into_values().collect());
            call.run.follow_ups.push((set, destroy));
        }
        let answer = response(&self.account_id, outcome);
        json!({
            "fromAccountId": self.from_account_id,
            "accountId": self.account_id,
            "oldState": answer["oldState"],
            "newState": answer["newState"],
            "created": answer["created"],
            "notCreated": answer["notCreated"],
        })
    }
}

/// Copies objects; `set` is the method by which originals are destroyed.
pub async fn copy<K: Changed>(mut call: Call<'_>, set: &'static str) -> Answer {
    let mut args = CopyArgs::read(&call)?;
    let from = K::source(call.source_account(&args.from_account_id)?.access.sources());
    let from = from.ok_or_else(|| bare(MethodErrorKind::FromAccountNotSupportedByMethod))?;
    let account = call.account(&args.account_id)?;
    if K::source(account.access.sources()).is_none() {
        return Err(bare(MethodErrorKind::AccountNotSupportedByMethod));
    }
    let writer = account.access.writers().and_then(K::writer);
    let writer = writer.ok_or_else(|| bare(MethodErrorKind::AccountReadOnly))?;
    let ids = args.create.values().map(|object| text(object, "id").to_owned()).collect();
    let wanted = Wanted {
        ids: Some(ids),
        properties: None,
        options: K::Options::default(),
        at_most: MAX_OBJECTS_IN_SET,
    };
    let found = from.get(&wanted).await.map_err(backend_error)?;
    if args.if_from_in_state.as_ref().is_some_and(|expected| *expected != found.state) {
        return Err(bare(MethodErrorKind::StateMismatch));
    }
    let mut batch = Batch::<K> {
        if_in_state: args.if_in_state.clone(),
        create: Vec::new(),
        update: Vec::new(),
        destroy: Vec::new(),
        operations: Vec::new(),
        options: call.parse()?,
    };
    let creating = Creating { account, environment: call.environment };
    let (mut refused, mut originals) = (BTreeMap::new(), BTreeMap::new());
    for (key, mut object) in std::mem::take(&mut args.create) {
        creation::resolve_object(&mut object, K::REFERENCES, &call.run.created_ids);
        let id = text(&object, "id").to_owned();
        let original = found.list.iter().find(|original| text(original, "id") == id);
        let created = match original {
            None => Err(Refusal::not_found()),
            Some(original) => {
                let mut copy = original.clone();
                copy.extend(object);
                copy.retain(|name, _| !K::SERVER_SET.contains(&name.as_str()));
                K::create(&creating, copy).await?
            }
        };
        match created {
            Ok(create) => {
                originals.insert(key.clone(), id);
                batch.create.push((key, create));
            }
            Err(refusal) => {
                refused.insert(key, refusal);
            }
        }
    }
    let mut outcome = writer.set(batch).await.map_err(backend_error)?;
    outcome.not_created.append(&mut refused);
    Ok(args.finish(&mut call, &outcome, originals, set))
}
