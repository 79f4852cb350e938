//! Email/query in SQL, over typed columns.

use std::collections::HashSet;

use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tornister_protocol::{
    id::State,
    mail::{Email, EmailFilter, Thread},
};

use super::{object_index, view::View};
use crate::backend::{BackendError, Comparator, Filter, Index, Kind as _, Matches, Operator, Plan, Touched};

#[async_trait]
impl Index<Email> for View {
    async fn query(&self, plan: &Plan<Email>) -> Result<Matches, BackendError> {
        let mut moment = self.database.read().await?;
        matches(self, &mut moment, plan).await
    }

    async fn query_changes(
        &self,
        plan: &Plan<Email>,
        since: &State,
    ) -> Result<(Matches, Touched), BackendError> {
        let mut moment = self.database.read().await?;
        let touched = object_index::touched(self, &mut moment, Email::NAME, since).await?;
        let matches = matches(self, &mut moment, plan).await?;
        let touched = whole_threads(self, &mut moment, since, touched).await?;
        Ok((matches, touched))
    }
}

async fn matches(
    view: &View,
    moment: &mut SqliteConnection,
    plan: &Plan<Email>,
) -> Result<Matches, BackendError> {
    let mut sql = QueryBuilder::new("SELECT e.id, e.thread_id FROM email e WHERE e.scope = ");
    sql.push_bind(view.scopes.own());
    if let Some(filter) = &plan.filter {
        sql.push(" AND ");
        push_filter(&mut sql, filter);
    }
    push_order(&mut sql, &plan.sort)?;
    let state = object_index::state(view, moment, Email::NAME).await?;
    let rows: Vec<(String, String)> = sql.build_query_as().fetch_all(moment).await?;
    let mut threads = HashSet::new();
    let collapse = plan.options.collapse_threads;
    let rows = rows.into_iter().filter(|(_, thread)| !collapse || threads.insert(thread.clone()));
    Ok(Matches { state, ids: rows.map(|(id, _)| id).collect() })
}

/// A mail's place may depend on the others of its thread: all of them may have moved. A thread that lost
/// a mail is among the changed threads.
async fn whole_threads(
    view: &View,
    moment: &mut SqliteConnection,
    since: &State,
    mut touched: Touched,
) -> Result<Touched, BackendError> {
    if touched.old.is_empty() && touched.new.is_empty() {
        return Ok(touched);
    }
    let changed: Vec<&String> = touched.old.iter().chain(&touched.new).collect();
    let since = view.scopes.position(since)?;
    let all: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM email WHERE scope = ?1 AND thread_id IN (
             SELECT thread_id FROM email WHERE scope = ?1 AND id IN (SELECT value FROM json_each(?2))
             UNION SELECT id FROM object WHERE scope = ?1 AND type = ?3 AND modseq > ?4)",
    )
    .bind(view.scopes.own())
    .bind(serde_json::to_string(&changed)?)
    .bind(Thread::NAME)
    .bind(since.modseq)
    .fetch_all(moment)
    .await?;
    let new = &touched.new;
    touched.old.extend(all.into_iter().filter(|id| !new.contains(id)));
    Ok(touched)
}

fn push_filter(sql: &mut QueryBuilder<Sqlite>, filter: &Filter<EmailFilter>) {
    match filter {
        Filter::Condition(condition) => push_condition(sql, condition),
        Filter::Operator { operator, conditions } => {
            let (start, joint) = match operator {
                Operator::And => ("(1", " AND "),
                Operator::Or => ("(0", " OR "),
                Operator::Not => ("NOT (0", " OR "),
            };
            sql.push(start);
            for condition in conditions {
                sql.push(joint);
                push_filter(sql, condition);
            }
            sql.push(")");
        }
    }
}

fn push_condition(sql: &mut QueryBuilder<Sqlite>, condition: &EmailFilter) {
    sql.push("(1");
    if let Some(mailbox) = &condition.in_mailbox {
        sql.push(
            " AND EXISTS (SELECT 1 FROM email_mailbox m
                          WHERE m.scope = e.scope AND m.email_id = e.id AND m.mailbox_id = ",
        );
        sql.push_bind(mailbox.as_str().to_owned()).push(")");
    }
    if let Some(before) = condition.before {
        sql.push(" AND e.received_at < ").push_bind(before.to_string());
    }
    if let Some(after) = condition.after {
        sql.push(" AND e.received_at >= ").push_bind(after.to_string());
    }
    for (keyword, exists) in
        [(&condition.has_keyword, " AND EXISTS"), (&condition.not_keyword, " AND NOT EXISTS")]
    {
        if let Some(keyword) = keyword {
            sql.push(exists);
            push_has_keyword(sql, keyword);
        }
    }
    sql.push(")");
}

fn push_has_keyword(sql: &mut QueryBuilder<Sqlite>, keyword: &str) {
    sql.push(
        " (SELECT 1 FROM email_keyword k
           WHERE k.scope = e.scope AND k.email_id = e.id AND k.keyword = ",
    );
    sql.push_bind(keyword.to_lowercase()).push(")");
}

fn push_order(sql: &mut QueryBuilder<Sqlite>, sort: &[Comparator]) -> Result<(), BackendError> {
    sql.push(" ORDER BY ");
    for criterion in sort {
        match (criterion.property.as_str(), &criterion.keyword) {
            ("receivedAt", _) => {
                sql.push("e.received_at");
            }
            ("size", _) => {
                sql.push("e.size");
            }
            ("hasKeyword", Some(keyword)) => {
                sql.push("EXISTS");
                push_has_keyword(sql, keyword);
            }
            (property, _) => return Err(BackendError::UnsupportedSort(property.to_owned())),
        }
        sql.push(if criterion.is_ascending { ", " } else { " DESC, " });
    }
    if sort.is_empty() {
        sql.push("e.received_at DESC, ");
    }
    sql.push("e.id");
    Ok(())
}
