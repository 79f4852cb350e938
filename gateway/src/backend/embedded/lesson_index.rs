//! Lesson/query by day and period.

use async_trait::async_trait;
use sqlx::{QueryBuilder, SqliteConnection};
use tornister_protocol::{id::State, school::Lesson};

use super::{object_index, view::View};
use crate::backend::{BackendError, Filter, Index, Kind as _, LessonFilter, Matches, Plan, Touched};

#[async_trait]
impl Index<Lesson> for View {
    async fn query(&self, plan: &Plan<Lesson>) -> Result<Matches, BackendError> {
        let mut moment = self.database.read().await?;
        self.lessons(&mut moment, plan).await
    }

    async fn query_changes(
        &self,
        plan: &Plan<Lesson>,
        since: &State,
    ) -> Result<(Matches, Touched), BackendError> {
        let mut moment = self.database.read().await?;
        let touched = object_index::touched(self, &mut moment, Lesson::NAME, since).await?;
        Ok((self.lessons(&mut moment, plan).await?, touched))
    }
}

impl View {
    async fn lessons(
        &self,
        moment: &mut SqliteConnection,
        plan: &Plan<Lesson>,
    ) -> Result<Matches, BackendError> {
        let range = match &plan.filter {
            None => LessonFilter::default(),
            Some(Filter::Condition(range)) => *range,
            Some(Filter::Operator { .. }) => {
                return Err(BackendError::UnsupportedFilter("an operator; use after and before".to_owned()));
            }
        };
        let mut sql = QueryBuilder::new(
            "SELECT id FROM object WHERE destroyed IS NULL AND day IS NOT NULL AND type = ",
        );
        sql.push_bind(Lesson::NAME);
        sql.push(" AND scope IN (SELECT value FROM json_each(").push_bind(self.scopes.json()).push("))");
        if let Some(after) = range.after {
            sql.push(" AND day >= ").push_bind(after.to_string());
        }
        if let Some(before) = range.before {
            sql.push(" AND day < ").push_bind(before.to_string());
        }
        sql.push(" ORDER BY ");
        for criterion in &plan.sort {
            sql.push(match criterion.property.as_str() {
                "date" => "day",
                "period" => "rank",
                other => return Err(BackendError::UnsupportedSort(other.to_owned())),
            });
            sql.push(if criterion.is_ascending { ", " } else { " DESC, " });
        }
        sql.push("day, rank, id");

        let state = object_index::state(self, moment, Lesson::NAME).await?;
        let ids = sql.build_query_scalar().fetch_all(moment).await?;
        Ok(Matches { state, ids })
    }
}
