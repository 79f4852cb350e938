//! `/query` of types of which an account has few objects.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sqlx::SqliteConnection;
use tornister_protocol::id::State;

use super::{
    objects,
    state::Position,
    view::{Stored, View},
    word_index,
};
use crate::backend::{
    BackendError, Index, Matches, Plan, Touched,
    select::{Selectable, select},
};

/// All objects of the type are read, or all that have the words.
const NO_LIMIT: usize = usize::MAX;

#[async_trait]
impl<K: Stored + Selectable> Index<K> for View {
    async fn query(&self, plan: &Plan<K>) -> Result<Matches, BackendError> {
        let mut moment = self.database.read().await?;
        matches(self, &mut moment, plan).await
    }

    async fn query_changes(&self, plan: &Plan<K>, since: &State) -> Result<(Matches, Touched), BackendError> {
        let mut moment = self.database.read().await?;
        let touched = touched(self, &mut moment, K::NAME, since).await?;
        Ok((matches(self, &mut moment, plan).await?, touched))
    }
}

async fn matches<K: Stored + Selectable>(
    view: &View,
    moment: &mut SqliteConnection,
    plan: &Plan<K>,
) -> Result<Matches, BackendError> {
    let terms = plan.filter.as_ref().map(K::needed_terms).unwrap_or_default();
    let ids = if terms.is_empty() {
        None
    } else {
        Some(word_index::find(&mut *moment, &view.scopes, K::NAME, &terms).await?)
    };
    let found = objects::get(moment, &view.scopes, K::NAME, ids.as_deref(), NO_LIMIT).await?;
    Ok(Matches { state: found.state, ids: select(plan, found.list)? })
}

/// The objects of a type that have changed since a state.
pub async fn touched(
    view: &View,
    moment: &mut SqliteConnection,
    kind: &str,
    since: &State,
) -> Result<Touched, BackendError> {
    let since = view.scopes.position(since)?;
    let changes = objects::changes(moment, &view.scopes, kind, since, None).await?;
    let old = changes.updated.into_iter().chain(changes.destroyed);
    Ok(Touched { old: old.collect(), new: changes.created.into_iter().collect::<BTreeSet<_>>() })
}

/// The state of a type at this moment.
pub async fn state(view: &View, moment: &mut SqliteConnection, kind: &str) -> Result<State, BackendError> {
    Ok(view.scopes.state(Position::at(objects::newest(moment, &view.scopes, kind).await?)))
}
