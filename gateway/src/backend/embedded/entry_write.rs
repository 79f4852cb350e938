//! CalendarEvent/set and Task/set: in the person's own calendars and lists, and the progress of homework
//! (draft-ietf-jmap-calendars §5.8, draft-ietf-jmap-tasks §4.11).
//!
//! - [`kind`]: what sets the two apart. [`revision`]: what a patch makes of one. [`uids`]: which are taken.

mod kind;
mod revision;
mod uids;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use tornister_protocol::{calendars::CalendarEvent, tasks::Task, time::LocalDateTime};

use self::{kind::Entry, revision::Revision, uids::Uids};
use super::{
    change::{Change, Item},
    collection_write::not_own,
    participant_write,
    personal::is_personal,
    settings,
    view::View,
};
use crate::backend::{
    BackendError, Batch, Kind, Object, Outcome, Patch, Refusal, RefusalKind, Writer,
    jscalendar::{self, Surroundings},
    series,
};

/// All entries of one person together.
const MOST: usize = 20_000;

#[async_trait]
impl Writer<CalendarEvent> for View {
    async fn set(&self, batch: Batch<CalendarEvent>) -> Result<Outcome, BackendError> {
        set_entries(self, batch).await
    }
}

#[async_trait]
impl Writer<Task> for View {
    async fn set(&self, batch: Batch<Task>) -> Result<Outcome, BackendError> {
        set_entries(self, batch).await
    }
}

async fn set_entries<K: Entry>(view: &View, batch: Batch<K>) -> Result<Outcome, BackendError> {
    let (change, mut outcome) = view.begin::<K>(batch.if_in_state.as_ref()).await?;
    let mut desk = Desk::open::<K>(view, change, &batch.options).await?;
    desk.free_uids::<K>(&batch.destroy).await?;
    for (key, object) in batch.create {
        let result = desk.create::<K>(object).await?;
        outcome.note_created(&key, result);
    }
    for (named, patch) in &batch.update {
        let Some(id) = outcome.resolve(named) else {
            outcome.note_updated(named, Err(Refusal::not_found()));
            continue;
        };
        let result = desk.update::<K>(&id, patch).await?;
        outcome.note_updated_beyond(&id, result);
    }
    for named in &batch.destroy {
        let Some(id) = outcome.resolve(named) else {
            outcome.note_destroyed(named, Err(Refusal::not_found()));
            continue;
        };
        let result = desk.destroy::<K>(&id).await?;
        outcome.note_destroyed(&id, result);
    }
    view.finish::<K>(desk.change, outcome, &batch.operations).await
}

/// Where one batch is worked on.
struct Desk<'v> {
    view: &'v View,
    change: Change,
    around: Surroundings,
    /// The person's own collections, and whether they may be written.
    collections: BTreeMap<String, bool>,
    /// Of the person's own entries.
    uids: Uids,
    count: usize,
    sends: bool,
    copies: bool,
}

impl<'v> Desk<'v> {
    async fn open<K: Entry>(
        view: &'v View,
        mut change: Change,
        options: &K::SetOptions,
    ) -> Result<Self, BackendError> {
        let scope = view.scopes.own();
        let clock = &view.environment.clock;
        let (zone, year) = settings::zone_and_year(&mut change.transaction, clock.today()).await?;
        let address = participant_write::own_address(&mut change, scope).await?;
        let around = Surroundings { now: clock.now(), zone, year, address, uid: String::new() };
        let mut collections = BTreeMap::new();
        for (id, json) in change.read_all(scope, K::COLLECTION).await? {
            let collection: Object = serde_json::from_str(&json)?;
            if !is_personal(&collection) {
                collections.insert(id, collection["myRights"]["mayWriteAll"] == true);
            }
        }
        let (uids, count) = Uids::read(&mut change, scope, K::NAME).await?;
        let (sends, copies) = (K::sends(options), K::copies(options));
        Ok(Self { view, change, around, collections, uids, count, sends, copies })
    }

    /// Frees the uids of what this batch is going to destroy: only how things are in the end has to be valid
    /// (RFC 8620 §5.3).
    async fn free_uids<K: Entry>(&mut self, destroy: &[String]) -> Result<(), BackendError> {
        for id in destroy {
            if let Ok(entry) = self.destroyable::<K>(id).await? {
                self.uids.remove(id, &entry);
            }
        }
        Ok(())
    }

    fn scope(&self) -> &'v str {
        self.view.scopes.own()
    }

    /// The collections of an entry.
    fn links<K: Entry>(object: &Object) -> Vec<&String> {
        match object.get(K::LINK) {
            Some(Value::Object(ids)) => ids.keys().collect(),
            Some(Value::String(id)) => vec![id],
            _ => Vec::new(),
        }
    }

    /// Whether the person may write in all collections of an entry.
    async fn may_write<K: Entry>(&mut self, object: &Object) -> Result<Result<(), Refusal>, BackendError> {
        for id in Self::links::<K>(object) {
            match self.collections.get(id) {
                Some(true) => {}
                Some(false) => return Ok(Err(only_the_school())),
                None => {
                    let refusal = not_own(&mut self.change, self.view, K::COLLECTION, id).await?;
                    return Ok(Err(match refusal.kind {
                        RefusalKind::NotFound => Refusal::property(K::LINK, "there is no such collection"),
                        _ => refusal,
                    }));
                }
            }
        }
        Ok(Ok(()))
    }

    /// Nobody is told from here.
    fn may_tell(&self, object: &Object) -> Result<(), Refusal> {
        let participants = object.get("participants").and_then(Value::as_object);
        let mut others = participants.into_iter().flat_map(|all| all.values());
        if self.sends && others.any(|person| person["scheduleId"] != json!(self.around.address)) {
            return Err(Refusal::bare(RefusalKind::NoSupportedScheduleMethods));
        }
        Ok(())
    }

    /// Whether no other entry has its uid, or a right to share it.
    fn is_single(&self, id: &str, object: &Object) -> Result<(), Refusal> {
        match self.uids.rival(id, object) {
            None => Ok(()),
            Some(other) if self.copies => {
                Err(Refusal::bare(RefusalKind::AlreadyExists).with("existingId", other))
            }
            Some(_) => Err(Refusal::property("uid", "another one has it")),
        }
    }

    async fn create<K: Entry>(&mut self, sent: Object) -> Result<Result<Object, Refusal>, BackendError> {
        if self.count >= MOST {
            return Ok(Err(Refusal::bare(RefusalKind::OverQuota)));
        }
        let id = self.view.new_id(K::PREFIX)?;
        self.around.uid.clone_from(&id);
        let mut object = sent.clone();
        if let Err(refusal) = K::settle(&mut object, None, &self.around).and_then(|()| self.may_tell(&object))
        {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = self.may_write::<K>(&object).await? {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = self.is_single(&id, &object) {
            return Ok(Err(refusal));
        }
        self.count += 1;
        object.insert("id".to_owned(), json!(id));
        self.store::<K>(&id, &object).await?;
        K::complete(&mut object, &self.around.address);
        object.retain(|name, value| sent.get(name) != Some(value));
        Ok(Ok(object))
    }

    /// Answers what changed beyond the patch.
    async fn update<K: Entry>(
        &mut self,
        id: &str,
        patch: &Patch<K>,
    ) -> Result<Result<Object, Refusal>, BackendError> {
        let (base, occurrence) = self.split::<K>(id).await?;
        let Some(before) = self.change.read(self.scope(), K::NAME, &base).await? else {
            return Ok(Err(not_own(&mut self.change, self.view, K::NAME, &base).await?));
        };
        let mut revision = match Revision::new(before, occurrence, patch, &self.around.address) {
            Ok(revision) => revision,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if revision.changes.is_empty() {
            return Ok(Ok(Object::new()));
        }
        // Beside a step of a workflow of one's own there is none.
        let is_progress = K::NAME == Task::NAME
            && !revision.before.contains_key("workflowStatus")
            && revision.changes.keys().all(|path| path == "progress");
        let stored = if is_progress {
            self.put_progress(&base, &mut revision.object).await?
        } else {
            self.put_revision::<K>(&base, &mut revision).await?
        };
        Ok(stored.map(|()| revision.beyond::<K>(&self.around.address)))
    }

    /// Also of homework: how far somebody is, nobody else says.
    async fn put_progress(
        &mut self,
        id: &str,
        task: &mut Object,
    ) -> Result<Result<(), Refusal>, BackendError> {
        let progress = task.entry("progress").or_insert_with(|| json!("needs-action"));
        if let Err(refusal) = jscalendar::check_property("progress", progress) {
            return Ok(Err(refusal));
        }
        for name in ["progressUpdated", "updated"] {
            task.insert(name.to_owned(), json!(self.around.now));
        }
        self.change.put(self.scope(), Task::NAME, id, &Item::plain(task.clone())).await?;
        Ok(Ok(()))
    }

    /// Settles what a patch made of an entry, and stores it.
    async fn put_revision<K: Entry>(
        &mut self,
        id: &str,
        revision: &mut Revision,
    ) -> Result<Result<(), Refusal>, BackendError> {
        // Of a school's entry nobody needs to know what else is wrong with the patch.
        for object in [&revision.before, &revision.object] {
            if let Err(refusal) = self.may_write::<K>(object).await? {
                return Ok(Err(refusal));
            }
        }
        if revision.object == revision.before {
            return Ok(Ok(()));
        }
        let settled = K::settle(&mut revision.object, Some(&revision.before), &self.around);
        if let Err(refusal) = settled.and_then(|()| self.may_tell(&revision.object)) {
            return Ok(Err(refusal));
        }
        // One that was there before stays beside what an import brought; it only takes no other's place.
        if revision.object.get("recurrenceId") != revision.before.get("recurrenceId")
            && let Err(refusal) = self.is_single(id, &revision.object)
        {
            return Ok(Err(refusal));
        }
        self.store::<K>(id, &revision.object).await?;
        Ok(Ok(()))
    }

    async fn destroy<K: Entry>(&mut self, id: &str) -> Result<Result<(), Refusal>, BackendError> {
        let (base, occurrence) = self.split::<K>(id).await?;
        if occurrence.is_some() {
            let update = Object::from_iter([("excluded".to_owned(), json!(true))]);
            let excluded = self.update::<K>(id, &Patch { update, repeated: Object::new() }).await?;
            return Ok(excluded.map(drop));
        }
        if let Err(refusal) = self.destroyable::<K>(&base).await? {
            return Ok(Err(refusal));
        }
        self.change.destroy(self.scope(), K::NAME, &base).await?;
        self.change.note_edited(self.scope(), K::NAME, &base).await?;
        Ok(Ok(()))
    }

    /// An entry that this batch may destroy.
    async fn destroyable<K: Entry>(&mut self, id: &str) -> Result<Result<Object, Refusal>, BackendError> {
        let Some(object) = self.change.read(self.scope(), K::NAME, id).await? else {
            return Ok(Err(not_own(&mut self.change, self.view, K::NAME, id).await?));
        };
        if let Err(refusal) = self.may_write::<K>(&object).await? {
            return Ok(Err(refusal));
        }
        Ok(self.may_tell(&object).map(|()| object))
    }

    /// The entry that an id names, and the occurrence of it, where it names one.
    async fn split<K: Entry>(&mut self, id: &str) -> Result<(String, Option<LocalDateTime>), BackendError> {
        if K::NAME == CalendarEvent::NAME
            && let Some((base, at)) = series::split_id(id)
        {
            let event = self.change.read(self.scope(), K::NAME, base).await?;
            if event.is_some_and(|event| series::instance(&event, at).is_some()) {
                return Ok((base.to_owned(), Some(at)));
            }
        }
        Ok((id.to_owned(), None))
    }

    /// Stores an entry; no import takes it away, nor the collections in which it stands.
    async fn store<K: Entry>(&mut self, id: &str, object: &Object) -> Result<(), BackendError> {
        self.uids.put(id, object);
        self.change.put(self.scope(), K::NAME, id, &Item::plain(object.clone())).await?;
        self.change.note_edited(self.scope(), K::NAME, id).await?;
        for collection in Self::links::<K>(object) {
            self.change.note_edited(self.scope(), K::COLLECTION, collection).await?;
        }
        Ok(())
    }
}

fn only_the_school() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "only the school changes this; a pupil sets the progress of homework",
    )
}
