//! Calendar/set and TaskList/set: the person's own ones (draft-ietf-jmap-calendars §4.3,
//! draft-ietf-jmap-tasks §3.4). What the school brings stays as it is, but for what everybody sees in their own way.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use tornister_protocol::{calendars::Calendar, tasks::TaskList};

use super::{
    change::{Change, Item},
    collection::Collection,
    objects,
    personal::{self, is_personal},
    view::{View, repeats},
};
use crate::backend::{
    BackendError, Batch, Kind, Object, Outcome, Patch, Properties, Refusal, RefusalKind, Writer,
    patch::apply_over, select::text,
};

/// All of them fit into one `/get`.
const MOST: usize = 200;

#[async_trait]
impl Writer<Calendar> for View {
    async fn set(&self, batch: Batch<Calendar>) -> Result<Outcome, BackendError> {
        set_collections(self, batch).await
    }
}

#[async_trait]
impl Writer<TaskList> for View {
    async fn set(&self, batch: Batch<TaskList>) -> Result<Outcome, BackendError> {
        set_collections(self, batch).await
    }
}

type Collections = BTreeMap<String, Object>;

async fn set_collections<K: Collection>(view: &View, batch: Batch<K>) -> Result<Outcome, BackendError> {
    let scope = view.scopes.own();
    let (mut change, mut outcome) = view.begin::<K>(batch.if_in_state.as_ref()).await?;
    let mut all = Collections::new();
    for (id, json) in change.read_all(scope, K::NAME).await? {
        let object: Object = serde_json::from_str(&json)?;
        if !is_personal(&object) {
            all.insert(id, object);
        }
    }
    for (key, properties) in &batch.create {
        let result = if all.len() >= MOST {
            Err(Refusal::new(RefusalKind::OverQuota, &format!("at most {MOST} of one person")))
        } else {
            let id = view.new_id(K::PREFIX)?;
            let mut object = created::<K>(&id, properties);
            if object.contains_key("isDefault") {
                let is_first = all.values().all(|other| other["isDefault"] != true);
                object.insert("isDefault".to_owned(), json!(is_first));
            }
            put::<K>(&mut change, scope, object.clone(), &mut all).await?;
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
        let result = match all.get(&id).cloned() {
            None => personalize(&mut change, view, &id, &patch).await?,
            Some(object) => match updated(object, &patch) {
                Ok(object) => {
                    put::<K>(&mut change, scope, object, &mut all).await?;
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            },
        };
        outcome.note_updated(&id, result);
    }
    let removes = K::removes_members(&batch.options);
    for named in &batch.destroy {
        let Some(id) = outcome.resolve(named) else {
            outcome.note_destroyed(named, Err(Refusal::not_found()));
            continue;
        };
        let result = match all.get(&id) {
            None => Err(not_own(&mut change, view, K::NAME, &id).await?),
            Some(object) => match is_own(object) {
                Ok(()) => destroy::<K>(&mut change, scope, &id, removes).await?,
                Err(refusal) => Err(refusal),
            },
        };
        if result.is_ok() {
            all.remove(&id);
        }
        outcome.note_destroyed(&id, result);
    }
    let wanted = K::default_wanted(&batch.options).and_then(|id| outcome.resolve(id));
    if let Some(id) = wanted.filter(|id| all.contains_key(id) && nothing_was_refused(&outcome)) {
        set_default::<K>(&mut change, scope, &id, &mut all, &mut outcome).await?;
    }
    view.finish::<K>(change, outcome, &batch.operations).await
}

fn created<K: Collection>(id: &str, properties: &Properties) -> Object {
    let mut object = K::blank().as_object().cloned().unwrap_or_default();
    object.insert("id".to_owned(), json!(id));
    object.extend(properties.0.clone());
    object
}

/// Lays something over what the school shares, for this person only.
async fn personalize<K: Collection>(
    change: &mut Change,
    view: &View,
    id: &str,
    patch: &Patch<K>,
) -> Result<Result<(), Refusal>, BackendError> {
    let ids = [id.to_owned()];
    let found = objects::get(&mut change.transaction, &view.scopes, K::NAME, Some(&ids), 1).await?;
    let Some(shared) = found.list.into_iter().next() else { return Ok(Err(Refusal::not_found())) };
    let object = match updated(shared, patch) {
        Ok(object) => object,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let scope = view.scopes.own();
    let mut personal = change.read(scope, K::NAME, id).await?.unwrap_or_default();
    let changed = object.into_iter().filter(|(name, _)| patch.update.0.keys().any(|path| root(path) == name));
    personal.extend(changed);
    change.put(scope, K::NAME, id, &Item::plain(personal::over(id, personal))).await?;
    Ok(Ok(()))
}

/// The property that a path begins with.
fn root(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

fn updated<K: Collection>(mut object: Object, patch: &Patch<K>) -> Result<Object, Refusal> {
    if patch.update.0.keys().any(|path| !K::PERSONAL.contains(&root(path))) {
        is_own(&object)?;
    }
    repeats(&object, &patch.repeated)?;
    let defaults = K::blank().as_object().cloned().unwrap_or_default();
    apply_over(&mut object, &defaults, &patch.update.0)?;
    Ok(object)
}

/// Whether it is the person's to change.
fn is_own(collection: &Object) -> Result<(), Refusal> {
    let is_own = collection["myRights"]["mayDelete"] == true;
    is_own.then_some(()).ok_or_else(|| Refusal::new(RefusalKind::Forbidden, "only the school changes this"))
}

/// Why somebody cannot write what is not among the own things.
pub async fn not_own(
    change: &mut Change,
    view: &View,
    kind: &str,
    id: &str,
) -> Result<Refusal, BackendError> {
    let ids = [id.to_owned()];
    let found = objects::get(&mut change.transaction, &view.scopes, kind, Some(&ids), 1).await?;
    Ok(if found.list.is_empty() {
        Refusal::not_found()
    } else {
        Refusal::new(RefusalKind::Forbidden, "only the school changes this")
    })
}

/// Whether everything that a batch wanted was done.
pub fn nothing_was_refused(outcome: &Outcome) -> bool {
    outcome.not_created.is_empty() && outcome.not_updated.is_empty() && outcome.not_destroyed.is_empty()
}

async fn put<K: Kind>(
    change: &mut Change,
    scope: &str,
    object: Object,
    all: &mut Collections,
) -> Result<(), BackendError> {
    let id = text(&object, "id").to_owned();
    if change.put(scope, K::NAME, &id, &Item::plain(object.clone())).await? {
        change.note_edited(scope, K::NAME, &id).await?;
    }
    all.insert(id, object);
    Ok(())
}

async fn destroy<K: Collection>(
    change: &mut Change,
    scope: &str,
    id: &str,
    removes_members: bool,
) -> Result<Result<(), Refusal>, BackendError> {
    let mut members = Vec::new();
    for (member_id, json) in change.read_all(scope, K::MEMBER).await? {
        let member: Object = serde_json::from_str(&json)?;
        if K::holds(id, &member) {
            members.push((member_id, member));
        }
    }
    if !members.is_empty() && !removes_members {
        return Ok(Err(Refusal::bare(K::HAS_MEMBERS)));
    }
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (member_id, member) in members {
        match K::without(member, id) {
            Some(left) => {
                change.put(scope, K::MEMBER, &member_id, &Item::plain(left)).await?;
            }
            None => change.destroy(scope, K::MEMBER, &member_id).await?,
        }
        change.note_edited(scope, K::MEMBER, &member_id).await?;
    }
    change.destroy(scope, K::NAME, id).await?;
    change.note_edited(scope, K::NAME, id).await?;
    Ok(Ok(()))
}

/// Makes one the default, and none else; tells what became of both.
async fn set_default<K: Collection>(
    change: &mut Change,
    scope: &str,
    id: &str,
    all: &mut Collections,
    outcome: &mut Outcome,
) -> Result<(), BackendError> {
    for mut object in all.clone().into_values() {
        let other = text(&object, "id").to_owned();
        let is_default = json!(other == id);
        if object.get("isDefault") == Some(&is_default) {
            continue;
        }
        object.insert("isDefault".to_owned(), is_default);
        note_default(outcome, &other, &object["isDefault"]);
        put::<K>(change, scope, object, all).await?;
    }
    Ok(())
}

/// Tells in a batch's outcome that an object is the default now, or no longer (RFC 8620 §5.3).
pub fn note_default(outcome: &mut Outcome, id: &str, is_default: &Value) {
    let created = outcome.created.values_mut().find(|created| text(created, "id") == id);
    let told = match created {
        Some(created) => created,
        None => outcome.updated.entry(id.to_owned()).or_default().get_or_insert_default(),
    };
    told.insert("isDefault".to_owned(), is_default.clone());
}
