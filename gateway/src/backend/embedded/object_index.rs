//! CalendarEvent/query and Task/query: everything, in the order of the ids, so that a client can fetch it
//! in pages.

use async_trait::async_trait;
use tornister_protocol::{calendars::CalendarEvent, tasks::Task};

use super::{objects, state::Position, view::View};
use crate::backend::{BackendError, Index, Matches, NoCondition, Plan, Queryable};

async fn all<K: Queryable<Condition = NoCondition>>(
    view: &View,
    plan: &Plan<K>,
) -> Result<Matches, BackendError> {
    if plan.filter.is_some() {
        return Err(BackendError::UnsupportedFilter("any filter; leave it out".to_owned()));
    }
    if let Some(criterion) = plan.sort.first() {
        return Err(BackendError::UnsupportedSort(criterion.property.clone()));
    }
    let mut moment = view.database.read().await?;
    let newest = objects::newest(&mut moment, &view.scopes, K::NAME).await?;
    let ids = sqlx::query_scalar(
        "SELECT id FROM object WHERE destroyed IS NULL AND type = ? \
         AND scope IN (SELECT value FROM json_each(?)) ORDER BY id",
    )
    .bind(K::NAME)
    .bind(view.scopes.json())
    .fetch_all(&mut *moment)
    .await?;
    Ok(Matches { state: view.scopes.state(Position::at(newest)), ids })
}

#[async_trait]
impl Index<CalendarEvent> for View {
    async fn query(&self, plan: &Plan<CalendarEvent>) -> Result<Matches, BackendError> {
        all(self, plan).await
    }
}

#[async_trait]
impl Index<Task> for View {
    async fn query(&self, plan: &Plan<Task>) -> Result<Matches, BackendError> {
        all(self, plan).await
    }
}
