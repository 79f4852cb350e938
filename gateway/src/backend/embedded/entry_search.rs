//! The index of the words of events and tasks. It finds the few that a search can mean; which of them it does
//! mean is decided as everywhere (`backend::select`).

use sqlx::SqliteConnection;
use tornister_protocol::{calendars::CalendarEvent, tasks::Task};

use super::{
    change::Change,
    email_search::{owner, phrase},
    state::Scopes,
};
use crate::backend::{
    BackendError, Kind as _, Object,
    event_filter::searched_texts,
    words::{Term, folded},
};

/// Whether the words of a type are kept here.
fn is_searched(kind: &str) -> bool {
    [CalendarEvent::NAME, Task::NAME].contains(&kind)
}

/// Brings the index in order with an object that changed.
pub async fn note(
    change: &mut Change,
    scope: &str,
    kind: &str,
    old: Option<&Object>,
    new: (&str, &Object),
) -> Result<(), BackendError> {
    let (id, object) = new;
    let texts = searched_texts(object);
    if !is_searched(kind) || old.is_some_and(|old| searched_texts(old) == texts) {
        return Ok(());
    }
    remove(change, scope, kind, id).await?;
    let number: i64 =
        sqlx::query_scalar("INSERT INTO entry_search (scope, type, id) VALUES (?1, ?2, ?3) RETURNING number")
            .bind(scope)
            .bind(kind)
            .bind(id)
            .fetch_one(&mut *change.transaction)
            .await?;
    sqlx::query("INSERT INTO entry_words (rowid, owner, words) VALUES (?1, ?2, ?3)")
        .bind(number)
        .bind(owner(scope))
        .bind(folded(&texts.join("\n")))
        .execute(&mut *change.transaction)
        .await?;
    Ok(())
}

/// Takes an object out.
pub async fn remove(change: &mut Change, scope: &str, kind: &str, id: &str) -> Result<(), BackendError> {
    if !is_searched(kind) {
        return Ok(());
    }
    let number: Option<i64> = sqlx::query_scalar(
        "DELETE FROM entry_search WHERE scope = ?1 AND type = ?2 AND id = ?3 RETURNING number",
    )
    .bind(scope)
    .bind(kind)
    .bind(id)
    .fetch_optional(&mut *change.transaction)
    .await?;
    if let Some(number) = number {
        sqlx::query("DELETE FROM entry_words WHERE rowid = ?1")
            .bind(number)
            .execute(&mut *change.transaction)
            .await?;
    }
    Ok(())
}

/// Takes everything of a scope out.
pub async fn forget(change: &mut Change, scope: &str) -> Result<(), BackendError> {
    for delete in [
        "DELETE FROM entry_words WHERE rowid IN (SELECT number FROM entry_search WHERE scope = ?1)",
        "DELETE FROM entry_search WHERE scope = ?1",
    ] {
        sqlx::query(delete).bind(scope).execute(&mut *change.transaction).await?;
    }
    Ok(())
}

/// Adds what an earlier version stored without it.
pub async fn add_missing(change: &mut Change) -> Result<(), BackendError> {
    for kind in [CalendarEvent::NAME, Task::NAME] {
        let missing: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT o.scope, o.id, o.json FROM object o
             WHERE o.type = ?1 AND o.destroyed IS NULL AND NOT EXISTS (
                 SELECT 1 FROM entry_search s WHERE s.scope = o.scope AND s.type = o.type AND s.id = o.id)",
        )
        .bind(kind)
        .fetch_all(&mut *change.transaction)
        .await?;
        for (scope, id, json) in missing {
            note(change, &scope, kind, None, (&id, &serde_json::from_str(&json)?)).await?;
        }
    }
    Ok(())
}

/// The objects of a type that have all these terms.
pub async fn find(
    moment: &mut SqliteConnection,
    scopes: &Scopes,
    kind: &str,
    terms: &[Term],
) -> Result<Vec<String>, BackendError> {
    let words: Vec<String> = terms.iter().map(|term| format!("words : {}", phrase(term))).collect();
    let owners: Vec<String> = scopes.list().iter().map(|scope| format!("owner : {}", owner(scope))).collect();
    let found = sqlx::query_scalar(
        "SELECT id FROM entry_search WHERE type = ?1
             AND +number IN (SELECT rowid FROM entry_words WHERE entry_words MATCH ?2)",
    );
    let query = format!("{} AND ({})", words.join(" AND "), owners.join(" OR "));
    Ok(found.bind(kind).bind(query).fetch_all(moment).await?)
}
