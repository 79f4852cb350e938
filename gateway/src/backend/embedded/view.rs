//! One account's view of the embedded school: the union of its scopes.

use async_trait::async_trait;
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    id::State,
    mail::{Mailbox, Thread},
    school::{DayNote, Lesson},
    tasks::{Task, TaskList},
};

use super::{
    change::Change,
    objects,
    state::{Position, Scopes},
};
use crate::{
    backend::{BackendError, Changes, Found, Kind, Source, Wanted},
    database::Database,
    environment::Environment,
};

/// What an account sees, and through which its own person writes.
#[derive(Clone)]
pub struct View {
    pub(super) database: Database,
    pub(super) environment: Environment,
    pub(super) scopes: Scopes,
}

/// Types whose objects are stored just as JMAP answers them.
trait Stored: Kind {}

impl Stored for Mailbox {}
impl Stored for Thread {}
impl Stored for Calendar {}
impl Stored for CalendarEvent {}
impl Stored for TaskList {}
impl Stored for Task {}
impl Stored for Lesson {}
impl Stored for DayNote {}

#[async_trait]
impl<K: Stored> Source<K> for View {
    async fn get(&self, wanted: &Wanted<K>) -> Result<Found, BackendError> {
        let mut moment = self.database.read().await?;
        objects::get(&mut moment, &self.scopes, K::NAME, wanted.ids.as_deref(), wanted.at_most).await
    }

    async fn changes(&self, since: &State, max: Option<usize>) -> Result<Changes, BackendError> {
        let since = self.scopes.position(since)?;
        let mut moment = self.database.read().await?;
        objects::changes(&mut moment, &self.scopes, K::NAME, since, max).await
    }
}

impl View {
    /// The state of a type before a `/set`, where it is the expected one.
    pub(super) async fn state_for_set<K: Kind>(
        &self,
        change: &mut Change,
        expected: Option<&State>,
    ) -> Result<State, BackendError> {
        let newest = objects::newest(&mut change.transaction, &self.scopes, K::NAME).await?;
        let state = self.scopes.state(Position::at(newest));
        if expected.is_some_and(|expected| *expected != state) {
            return Err(BackendError::StateMismatch);
        }
        Ok(state)
    }
}
