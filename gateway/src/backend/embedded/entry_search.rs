//! Which words of events and tasks are indexed. The index finds the few that a search can mean; which of them it
//! does mean is decided as everywhere (`backend::select`).

use tornister_protocol::{calendars::CalendarEvent, tasks::Task};

use super::{
    change::Change,
    word_index::{self, Texts},
};
use crate::backend::{BackendError, Kind as _, Object, event_filter::searched_texts, words::folded};

/// Whether the words of a type are kept.
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
    if !is_searched(kind) {
        return Ok(());
    }
    let (id, object) = new;
    let texts = searched_texts(object);
    if old.is_some_and(|old| searched_texts(old) == texts) {
        return Ok(());
    }
    word_index::remove(change, scope, kind, id).await?;
    let texts = Texts { body: folded(&texts.join("\n")), ..Texts::default() };
    let number = word_index::last_number(change).await? + 1;
    word_index::add_all(change, (scope, kind), &[(number, id, &texts)]).await
}

/// Takes an object out.
pub async fn remove(change: &mut Change, scope: &str, kind: &str, id: &str) -> Result<(), BackendError> {
    if is_searched(kind) {
        word_index::remove(change, scope, kind, id).await?;
    }
    Ok(())
}

/// Adds what an earlier version stored without it.
pub async fn add_missing(change: &mut Change) -> Result<(), BackendError> {
    for kind in [CalendarEvent::NAME, Task::NAME] {
        let missing: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT o.scope, o.id, o.json FROM object o
             WHERE o.type = ?1 AND o.destroyed IS NULL AND NOT EXISTS (
                 SELECT 1 FROM indexed i WHERE i.scope = o.scope AND i.type = o.type AND i.id = o.id)",
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
