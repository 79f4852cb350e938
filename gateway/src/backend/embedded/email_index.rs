//! Email/query in SQL, over typed columns and the index of words.

use std::collections::HashSet;

use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};
use tornister_protocol::{
    id::State,
    mail::{Email, Thread},
};

use super::{object_index, view::View, word_index};
use crate::backend::{
    BackendError, Comparator, EmailCondition, Filter, Index, Kind as _, Matches, Operator, Plan, Touched,
    words::terms,
};

#[async_trait]
impl Index<Email> for View {
    async fn query(&self, plan: &Plan<Email>) -> Result<Matches, BackendError> {
        let mut moment = moment(self, plan).await?;
        matches(self, &mut moment, plan).await
    }

    async fn query_changes(
        &self,
        plan: &Plan<Email>,
        since: &State,
    ) -> Result<(Matches, Touched), BackendError> {
        let mut moment = moment(self, plan).await?;
        let touched = object_index::touched(self, &mut moment, Email::NAME, since).await?;
        let matches = matches(self, &mut moment, plan).await?;
        let touched = whole_threads(self, &mut moment, since, touched).await?;
        Ok((matches, touched))
    }
}

/// A moment in which the question can be answered: where words or their like decide, all mails have them.
async fn moment(view: &View, plan: &Plan<Email>) -> Result<Transaction<'static, Sqlite>, BackendError> {
    let asks = |condition: &EmailCondition| {
        condition.has_attachment.is_some()
            || condition.header.is_some()
            || condition.words().iter().any(|(text, _)| text.is_some())
    };
    let is_asked = plan.filter.as_ref().is_some_and(|filter| filter.any(&asks));
    let sorts = |criterion: &Comparator| search_column(&criterion.property).is_some();
    if is_asked || plan.sort.iter().any(sorts) {
        view.backlog.moment_without(view.scopes.own()).await
    } else {
        view.database.read().await
    }
}

/// By what mails are sorted that stands beside their words.
fn search_column(property: &str) -> Option<&'static str> {
    match property {
        "from" => Some("s.from_key"),
        "to" => Some("s.to_key"),
        "subject" => Some("s.subject_key"),
        "sentAt" => Some("s.sent_at"),
        _ => None,
    }
}

/// Whose mails are asked for.
#[derive(Clone, Copy)]
struct Whose<'a> {
    scope: &'a str,
    /// The number that their words begin with.
    words: i64,
}

async fn matches(
    view: &View,
    moment: &mut SqliteConnection,
    plan: &Plan<Email>,
) -> Result<Matches, BackendError> {
    let scope = view.scopes.own();
    let collapse = plan.options.collapse_threads;
    let whose = Whose { scope, words: word_index::owner(&mut *moment, scope, Email::NAME).await? };
    // One row with all of them: thousands of rows would take longer than the search. A left join costs
    // nothing where nothing is asked of its right side.
    let mut sql = QueryBuilder::new("SELECT group_concat(found, ' ') FROM (SELECT ");
    sql.push(if collapse { "e.id || ' ' || e.thread_id" } else { "e.id" });
    sql.push(" AS found FROM email e LEFT JOIN email_search s ON s.number = e.number WHERE e.scope = ");
    sql.push_bind(scope);
    if let Some(filter) = &plan.filter {
        sql.push(" AND ");
        push_filter(&mut sql, whose, filter);
    }
    push_order(&mut sql, whose, &plan.sort)?;
    sql.push(")");
    let state = object_index::state(view, moment, Email::NAME).await?;
    let found: Option<String> = sql.build_query_scalar().fetch_one(moment).await?;
    let found = found.unwrap_or_default();
    let mut words = found.split_terminator(' ').map(str::to_owned);
    if !collapse {
        return Ok(Matches { state, ids: words.collect() });
    }
    let (mut ids, mut threads) = (Vec::new(), HashSet::new());
    while let (Some(id), Some(thread)) = (words.next(), words.next()) {
        if threads.insert(thread) {
            ids.push(id);
        }
    }
    Ok(Matches { state, ids })
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

fn push_filter(sql: &mut QueryBuilder<Sqlite>, whose: Whose<'_>, filter: &Filter<EmailCondition>) {
    match filter {
        Filter::Condition(condition) => push_condition(sql, whose, condition),
        Filter::Operator { operator, conditions } => {
            let (start, joint) = match operator {
                Operator::And => ("(1", " AND "),
                Operator::Or => ("(0", " OR "),
                Operator::Not => ("NOT (0", " OR "),
            };
            sql.push(start);
            for condition in conditions {
                sql.push(joint);
                push_filter(sql, whose, condition);
            }
            sql.push(")");
        }
    }
}

const IN_MAILBOX: &str = "(SELECT 1 FROM email_mailbox m
    WHERE m.scope = e.scope AND m.email_id = e.id AND m.mailbox_id ";

fn push_condition(sql: &mut QueryBuilder<Sqlite>, whose: Whose<'_>, condition: &EmailCondition) {
    sql.push("(1");
    if let Some(mailbox) = &condition.in_mailbox {
        sql.push(" AND EXISTS ").push(IN_MAILBOX).push("= ").push_bind(mailbox.clone()).push(")");
    }
    if let Some(others) = &condition.in_mailbox_other_than {
        sql.push(" AND EXISTS ").push(IN_MAILBOX).push("NOT IN (SELECT value FROM json_each(");
        sql.push_bind(serde_json::json!(others).to_string()).push(")))");
    }
    if let Some(before) = condition.before {
        sql.push(" AND e.received_at < ").push_bind(before.0.to_string());
    }
    if let Some(after) = condition.after {
        sql.push(" AND e.received_at >= ").push_bind(after.0.to_string());
    }
    if let Some(size) = condition.min_size {
        sql.push(" AND e.size >= ").push_bind(i64::try_from(size).unwrap_or(i64::MAX));
    }
    if let Some(size) = condition.max_size {
        sql.push(" AND e.size < ").push_bind(i64::try_from(size).unwrap_or(i64::MAX));
    }
    if let Some(has_attachment) = condition.has_attachment {
        sql.push(" AND s.has_attachment = ").push_bind(has_attachment);
    }
    push_keywords(sql, whose.scope, condition);
    push_words(sql, whose.words, condition);
    if let Some(header) = &condition.header {
        sql.push(" AND EXISTS (SELECT 1 FROM json_each(s.headers) h WHERE h.value ->> 0 = ");
        sql.push_bind(header.name.to_lowercase());
        if let Some(value) = &header.value {
            sql.push(" AND instr(h.value ->> 1, ").push_bind(value.to_lowercase()).push(") > 0");
        }
        sql.push(")");
    }
    sql.push(")");
}

fn push_keywords(sql: &mut QueryBuilder<Sqlite>, scope: &str, condition: &EmailCondition) {
    for (keyword, start) in [(&condition.has_keyword, " AND "), (&condition.not_keyword, " AND NOT ")] {
        if let Some(keyword) = keyword {
            sql.push(start);
            push_has_keyword(sql, scope, keyword);
        }
    }
    for (keyword, start) in [
        (&condition.some_in_thread_have_keyword, " AND "),
        (&condition.none_in_thread_have_keyword, " AND NOT "),
    ] {
        if let Some(keyword) = keyword {
            sql.push(start);
            push_some_in_thread(sql, keyword);
        }
    }
    if let Some(keyword) = &condition.all_in_thread_have_keyword {
        sql.push(" AND ");
        push_all_in_thread(sql, keyword);
    }
}

/// All that have it are read at once: looking each mail up would take longer.
fn push_has_keyword(sql: &mut QueryBuilder<Sqlite>, scope: &str, keyword: &str) {
    sql.push("e.id IN (SELECT k.email_id FROM email_keyword k WHERE k.scope = ").push_bind(scope.to_owned());
    sql.push(" AND k.keyword = ").push_bind(keyword.to_lowercase()).push(")");
}

fn push_some_in_thread(sql: &mut QueryBuilder<Sqlite>, keyword: &str) {
    sql.push(
        "EXISTS (SELECT 1 FROM email t JOIN email_keyword k ON k.scope = t.scope AND k.email_id = t.id
           WHERE t.scope = e.scope AND t.thread_id = e.thread_id AND k.keyword = ",
    );
    sql.push_bind(keyword.to_lowercase()).push(")");
}

fn push_all_in_thread(sql: &mut QueryBuilder<Sqlite>, keyword: &str) {
    sql.push(
        "NOT EXISTS (SELECT 1 FROM email t WHERE t.scope = e.scope AND t.thread_id = e.thread_id
           AND NOT EXISTS (SELECT 1 FROM email_keyword k
             WHERE k.scope = t.scope AND k.email_id = t.id AND k.keyword = ",
    );
    sql.push_bind(keyword.to_lowercase()).push("))");
}

fn push_words(sql: &mut QueryBuilder<Sqlite>, owner: i64, condition: &EmailCondition) {
    for (text, field) in condition.words() {
        let Some(text) = text else { continue };
        let terms = terms(text);
        if terms.is_empty() {
            continue;
        }
        // The plus keeps SQLite from looking up every found number: the mails are read in their order.
        sql.push(" AND +e.number IN (SELECT rowid FROM words WHERE words MATCH ");
        sql.push_bind(word_index::expression(field, &terms, owner)).push(")");
    }
}

fn push_order(
    sql: &mut QueryBuilder<Sqlite>,
    whose: Whose<'_>,
    sort: &[Comparator],
) -> Result<(), BackendError> {
    sql.push(" ORDER BY ");
    for criterion in sort {
        let column = match criterion.property.as_str() {
            "receivedAt" => Some("e.received_at"),
            "size" => Some("e.size"),
            property => search_column(property),
        };
        match (column, criterion.property.as_str(), &criterion.keyword) {
            (Some(column), ..) => {
                sql.push(column);
            }
            (None, "hasKeyword", Some(keyword)) => push_has_keyword(sql, whose.scope, keyword),
            (None, "someInThreadHaveKeyword", Some(keyword)) => push_some_in_thread(sql, keyword),
            (None, "allInThreadHaveKeyword", Some(keyword)) => push_all_in_thread(sql, keyword),
            (None, property, _) => return Err(BackendError::UnsupportedSort(property.to_owned())),
        }
        sql.push(if criterion.is_ascending { ", " } else { " DESC, " });
    }
    if sort.is_empty() {
        sql.push("e.received_at DESC, ");
    }
    // Equals follow the direction of the last criterion: so an index can be read from either end, and need not be sorted.
    let is_ascending = sort.last().is_some_and(|last| last.is_ascending);
    sql.push(if is_ascending { "e.id" } else { "e.id DESC" });
    Ok(())
}
