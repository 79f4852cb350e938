//! How many octets somebody's mails have. The state is the figures themselves, so that it moves
//! with them and with nothing else.

use async_trait::async_trait;
use serde_json::json;
use sqlx::SqliteConnection;
use tornister_protocol::{id::State, mail::Email};

use super::{change::Change, settings, state::derived_id, view::View};
use crate::backend::{
    BackendError, Changes, Found, Index, Kind as _, Matches, Object, Plan, Source, Touched, Wanted,
    quota::Quota, select::select,
};

/// Of one person.
struct Figures {
    id: String,
    used: i64,
    limit: i64,
}

impl Figures {
    async fn of(view: &View, moment: &mut SqliteConnection) -> Result<Self, BackendError> {
        let scope = view.scopes.own();
        let used = used(&mut *moment, scope).await?;
        Ok(Self { id: derived_id('Q', &[scope]), used, limit: settings::quota(moment).await? })
    }

    fn state(&self) -> State {
        State(format!("{}-{}-{}", self.id, self.used, self.limit))
    }

    fn object(&self) -> Object {
        let quota = json!({
            "id": self.id,
            "resourceType": "octets",
            "used": self.used,
            "hardLimit": self.limit,
            "warnLimit": self.limit / 10 * 9,
            "softLimit": null,
            "scope": "account",
            "name": "Mail",
            "description": null,
            "types": [Email::NAME],
        });
        quota.as_object().cloned().unwrap_or_default()
    }
}

/// Each blob counts once for a person, however many mails hold it.
async fn used(moment: &mut SqliteConnection, scope: &str) -> Result<i64, BackendError> {
    let used = sqlx::query_scalar(
        "SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT blob_id, size FROM email WHERE scope = ?1)",
    );
    Ok(used.bind(scope).fetch_one(moment).await?)
}

/// How many octets more somebody may have; none or less where the limit is passed.
pub async fn room(change: &mut Change, scope: &str) -> Result<i64, BackendError> {
    let limit = settings::quota(&mut change.transaction).await?;
    Ok(limit - used(&mut change.transaction, scope).await?)
}

#[async_trait]
impl Source<Quota> for View {
    async fn get(&self, wanted: &Wanted<Quota>) -> Result<Found, BackendError> {
        let mut moment = self.database.read().await?;
        let figures = Figures::of(self, &mut moment).await?;
        let is_asked = wanted.ids.as_ref().is_none_or(|ids| ids.contains(&figures.id));
        let others = wanted.ids.iter().flatten().filter(|id| **id != figures.id);
        Ok(Found {
            state: figures.state(),
            not_found: others.cloned().collect(),
            list: is_asked.then(|| figures.object()).into_iter().collect(),
        })
    }

    async fn changes(&self, since: &State, _: Option<usize>) -> Result<Changes, BackendError> {
        let mut moment = self.database.read().await?;
        let figures = Figures::of(self, &mut moment).await?;
        let mut parts = since.as_str().split('-');
        let is_own = parts.next() == Some(figures.id.as_str());
        let numbers: Vec<i64> = parts.filter_map(|part| part.parse().ok()).collect();
        let [_, limit] = numbers[..] else { return Err(BackendError::CannotCalculateChanges) };
        if !is_own {
            return Err(BackendError::CannotCalculateChanges);
        }
        let has_changed = *since != figures.state();
        let only_used = (has_changed && limit == figures.limit).then(|| vec!["used".to_owned()]);
        Ok(Changes {
            new_state: figures.state(),
            has_more: false,
            created: Vec::new(),
            updated: has_changed.then_some(figures.id).into_iter().collect(),
            destroyed: Vec::new(),
            updated_properties: only_used,
        })
    }

    async fn state(&self) -> Result<State, BackendError> {
        let mut moment = self.database.read().await?;
        Ok(Figures::of(self, &mut moment).await?.state())
    }
}

#[async_trait]
impl Index<Quota> for View {
    async fn query(&self, plan: &Plan<Quota>) -> Result<Matches, BackendError> {
        let mut moment = self.database.read().await?;
        let figures = Figures::of(self, &mut moment).await?;
        Ok(Matches { state: figures.state(), ids: select(plan, vec![figures.object()])? })
    }

    async fn query_changes(
        &self,
        plan: &Plan<Quota>,
        since: &State,
    ) -> Result<(Matches, Touched), BackendError> {
        let changes = Source::<Quota>::changes(self, since, None).await?;
        let touched = Touched { old: changes.updated.into_iter().collect(), ..Touched::default() };
        Ok((Index::<Quota>::query(self, plan).await?, touched))
    }
}
