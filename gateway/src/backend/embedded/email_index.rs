//! Email/query in SQL, over typed columns.

use std::collections::HashSet;

use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite};
use tornister_protocol::{
    core::Sort,
    mail::{Email, EmailFilter},
};

use super::{objects, state::Position, view::View};
use crate::backend::{BackendError, Filter, Index, Kind as _, Matches, Operator, Plan};

#[async_trait]
impl Index<Email> for View {
    async fn query(&self, plan: &Plan<Email>) -> Result<Matches, BackendError> {
        let mut sql = QueryBuilder::new("SELECT e.id, e.thread_id FROM email e WHERE e.scope = ");
        sql.push_bind(self.scopes.own());
        if let Some(filter) = &plan.filter {
            sql.push(" AND ");
            push_filter(&mut sql, filter);
        }
        push_order(&mut sql, &plan.sort)?;

        let mut moment = self.database.read().await?;
        let newest = objects::newest(&mut moment, &self.scopes, Email::NAME).await?;
        let rows: Vec<(String, String)> = sql.build_query_as().fetch_all(&mut *moment).await?;
        let mut threads = HashSet::new();
        let rows =
            rows.into_iter().filter(|(_, thread)| !plan.collapse_threads || threads.insert(thread.clone()));
        Ok(Matches { state: self.scopes.state(Position::at(newest)), ids: rows.map(|(id, _)| id).collect() })
    }
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

fn push_order(sql: &mut QueryBuilder<Sqlite>, sort: &[Sort]) -> Result<(), BackendError> {
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
