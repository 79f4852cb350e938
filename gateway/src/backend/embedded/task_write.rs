//! Task/set: how far the pupil is.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::json;
use tornister_protocol::{
    core::{SetError, SetErrorKind},
    id::State,
    tasks::Task,
};

use super::{
    change::{Change, Item},
    objects,
    state::Position,
    view::View,
};
use crate::backend::{BackendError, Kind as _, SetOutcome, TaskUpdate, Writer};

#[async_trait]
impl Writer<Task> for View {
    async fn update(
        &self,
        if_in_state: Option<&State>,
        updates: &BTreeMap<String, TaskUpdate>,
    ) -> Result<SetOutcome, BackendError> {
        let scope = self.scopes.own();
        let mut change = Change::begin(&self.database, self.environment.clock.unix_seconds()).await?;
        let old_state = self.state_for_set::<Task>(&mut change, if_in_state).await?;
        let mut outcome = SetOutcome {
            new_state: old_state.clone(),
            old_state,
            updated: Vec::new(),
            refused: BTreeMap::new(),
        };
        for (id, update) in updates {
            let Some(mut object) = change.read(scope, Task::NAME, id).await? else {
                outcome.refused.insert(id.clone(), not_found());
                continue;
            };
            if let Some(progress) = update.progress {
                object.insert("progress".to_owned(), json!(progress));
            }
            change.put(scope, Task::NAME, id, &Item::plain(object)).await?;
            outcome.updated.push(id.clone());
        }
        let newest = objects::newest(&mut change.transaction, &self.scopes, Task::NAME).await?;
        outcome.new_state = self.scopes.state(Position::at(newest));
        change.commit().await?;
        Ok(outcome)
    }
}

/// No such object.
pub fn not_found() -> SetError {
    SetError { kind: SetErrorKind::NotFound, description: None, properties: None }
}
