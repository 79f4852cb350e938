//! One account's view of the embedded school: the union of its scopes.

use async_trait::async_trait;
use serde_json::Value;
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    id::State,
    mail::{Mailbox, Thread},
    school::{DayNote, Lesson},
    tasks::{Task, TaskList},
};

use super::{
    change::Change,
    object_index, objects, operations,
    searchable::Backlog,
    standings::Standings,
    state::{Position, Scopes, hex},
};
use crate::{
    backend::{
        BackendError, Changes, Found, Kind, News, Object, Operation, Outcome, Refusal, Source, Wanted,
        calendar::ParticipantIdentity,
        select::text,
        series,
        submission::{EmailSubmission, Identity, VacationResponse},
    },
    database::Database,
    environment::Environment,
};

/// What an account sees, and through which its own person writes.
#[derive(Clone)]
pub struct View {
    pub(super) database: Database,
    pub(super) environment: Environment,
    pub(super) backlog: Backlog,
    pub(super) scopes: Scopes,
    pub(super) standings: Standings,
}

/// Types whose objects are stored just as JMAP answers them.
pub trait Stored: Kind {
    /// Whether the objects may be series, whose occurrences have ids of their own.
    const RECURS: bool = false;
}

impl Stored for Mailbox {}
impl Stored for Thread {}
impl Stored for Identity {}
impl Stored for EmailSubmission {}
impl Stored for VacationResponse {}
impl Stored for Calendar {}
impl Stored for CalendarEvent {
    const RECURS: bool = true;
}
impl Stored for ParticipantIdentity {}
impl Stored for TaskList {}
impl Stored for Task {}
impl Stored for Lesson {}
impl Stored for DayNote {}

#[async_trait]
impl<K: Stored> Source<K> for View {
    async fn get(&self, wanted: &Wanted<K>) -> Result<Found, BackendError> {
        if let Some(nothing) = self.nothing_wanted(wanted).await? {
            return Ok(nothing);
        }
        let mut moment = self.database.read().await?;
        let mut found =
            objects::get(&mut moment, &self.scopes, K::NAME, wanted.ids.as_deref(), wanted.at_most).await?;
        if K::RECURS && !found.not_found.is_empty() {
            let missing = std::mem::take(&mut found.not_found);
            let bases: Vec<String> =
                missing.iter().filter_map(|id| Some(series::split_id(id)?.0.to_owned())).collect();
            let bases =
                objects::get(&mut moment, &self.scopes, K::NAME, Some(&bases), wanted.at_most).await?.list;
            for id in missing {
                let instance = series::split_id(&id).and_then(|(base, at)| {
                    let event = bases.iter().find(|event| text(event, "id") == base)?;
                    series::instance(event, at)
                });
                match instance {
                    Some(instance) => found.list.push(instance),
                    None => found.not_found.push(id),
                }
            }
        }
        Ok(found)
    }

    async fn changes(&self, since: &State, max: Option<usize>) -> Result<Changes, BackendError> {
        self.changes_of(K::NAME, since, max).await
    }

    async fn state(&self) -> Result<State, BackendError> {
        self.state_of(K::NAME).await
    }
}

impl News for View {
    fn touched(&self) -> i64 {
        self.database.touched(self.scopes.list())
    }
}

impl View {
    /// The state of a type.
    pub(super) async fn state_of(&self, kind: &str) -> Result<State, BackendError> {
        let standing = self.standings.of(&self.database, &self.scopes, kind).await?;
        Ok(self.scopes.state(Position::at(standing.top)))
    }

    /// What changed of a type. Mostly that is nothing, which needs no statement of its own.
    pub(super) async fn changes_of(
        &self,
        kind: &str,
        since: &State,
        max: Option<usize>,
    ) -> Result<Changes, BackendError> {
        let since = self.scopes.position(since)?;
        let standing = self.standings.of(&self.database, &self.scopes, kind).await?;
        if let Some(unchanged) = objects::unchanged(&self.scopes, standing, since)? {
            return Ok(unchanged);
        }
        let mut moment = self.database.read().await?;
        objects::changes(&mut moment, &self.scopes, kind, since, max).await
    }

    /// The answer to a `/get` of no ids, as it follows from `/changes` without any.
    pub(super) async fn nothing_wanted<K: Kind>(
        &self,
        wanted: &Wanted<K>,
    ) -> Result<Option<Found>, BackendError> {
        if wanted.ids.as_ref().is_none_or(|ids| !ids.is_empty()) {
            return Ok(None);
        }
        let state = self.state_of(K::NAME).await?;
        Ok(Some(Found { state, list: Vec::new(), not_found: Vec::new() }))
    }

    /// Begins a `/set` of a type, where it is in the expected state.
    pub(super) async fn begin<K: Kind>(
        &self,
        expected: Option<&State>,
    ) -> Result<(Change, Outcome), BackendError> {
        let mut change = Change::begin(&self.database, self.environment.clock.unix_seconds()).await?;
        let state = object_index::state(self, &mut change.transaction, K::NAME).await?;
        if expected.is_some_and(|expected| *expected != state) {
            return Err(BackendError::StateMismatch);
        }
        Ok((change, Outcome::at(state)))
    }

    /// An id that nothing has had.
    pub(super) fn new_id(&self, prefix: char) -> Result<String, BackendError> {
        let mut bytes = [0; 12];
        self.environment.random.fill(&mut bytes)?;
        Ok(format!("{prefix}{}", hex(&bytes)))
    }

    /// Commits a `/set`, with the names of what it carried out.
    pub(super) async fn finish<K: Kind>(
        &self,
        mut change: Change,
        mut outcome: Outcome,
        operations: &[Operation],
    ) -> Result<Outcome, BackendError> {
        operations::remember(&mut change, self.scopes.own(), operations, &outcome).await?;
        outcome.new_state = object_index::state(self, &mut change.transaction, K::NAME).await?;
        change.commit().await?;
        Ok(outcome)
    }
}

/// Whether what a patch repeats is as the object has it; what it leaves out does not matter.
pub fn repeats(object: &Object, repeated: &Object) -> Result<(), Refusal> {
    let wrong = repeated.iter().filter(|(name, value)| object.get(*name).unwrap_or(&Value::Null) != *value);
    Refusal::all(wrong.map(|(name, _)| Refusal::property(name, "this property cannot change")))
}
