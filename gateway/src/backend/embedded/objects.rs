//! Reading versioned objects: by id, and what changed.

use std::collections::HashSet;

use sqlx::SqliteConnection;
use tornister_protocol::mail::Mailbox;

use super::{
    counters::COUNTERS,
    personal,
    standings::{Standing, standing},
    state::{Position, Scopes},
};
use crate::backend::{BackendError, Changes, Found, Kind as _, Object, select::text};

/// The newest number of a type.
pub async fn newest(
    connection: &mut SqliteConnection,
    scopes: &Scopes,
    kind: &str,
) -> Result<i64, BackendError> {
    Ok(standing(connection, scopes, kind).await?.top)
}

/// Where nothing has changed since a position, what says so.
pub fn unchanged(
    scopes: &Scopes,
    standing: Standing,
    since: Position,
) -> Result<Option<Changes>, BackendError> {
    check(since, standing)?;
    Ok((since == Position::at(standing.top)).then(|| none(scopes, standing.top)))
}

/// Whether what has changed since a position is known.
fn check(since: Position, standing: Standing) -> Result<(), BackendError> {
    if since.created > standing.top || since.modseq < standing.forgotten {
        return Err(BackendError::CannotCalculateChanges);
    }
    Ok(())
}

fn none(scopes: &Scopes, top: i64) -> Changes {
    Changes {
        new_state: scopes.state(Position::at(top)),
        has_more: false,
        created: Vec::new(),
        updated: Vec::new(),
        destroyed: Vec::new(),
        updated_properties: None,
    }
}

/// Objects by id, or all of them.
pub async fn get(
    connection: &mut SqliteConnection,
    scopes: &Scopes,
    kind: &str,
    ids: Option<&[String]>,
    at_most: usize,
) -> Result<Found, BackendError> {
    let state = scopes.state(Position::at(newest(&mut *connection, scopes, kind).await?));
    let too_many = BackendError::TooManyObjects { limit: at_most };
    let rows: Vec<(String, String)> = if let Some(ids) = ids {
        if ids.len() > at_most {
            return Err(too_many);
        }
        sqlx::query_as(
            "SELECT id, json FROM object
             WHERE scope IN (SELECT value FROM json_each(?1)) AND type = ?2 AND destroyed IS NULL
               AND id IN (SELECT value FROM json_each(?3))",
        )
        .bind(scopes.json())
        .bind(kind)
        .bind(serde_json::to_string(ids)?)
        .fetch_all(connection)
        .await?
    } else {
        sqlx::query_as(
            "SELECT id, json FROM object
             WHERE scope IN (SELECT value FROM json_each(?1)) AND type = ?2 AND destroyed IS NULL
             LIMIT ?3",
        )
        .bind(scopes.json())
        .bind(kind)
        // What lies over an object counts with it.
        .bind(i64::try_from(at_most.saturating_add(1).saturating_mul(2)).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?
    };
    let list = rows.iter().map(|(_, json)| serde_json::from_str::<Object>(json));
    let list = personal::laid_over(list.collect::<Result<_, _>>()?);
    if list.len() > at_most {
        return Err(too_many);
    }
    let found: HashSet<&str> = list.iter().map(|object| text(object, "id")).collect();
    let mut asked = HashSet::new();
    let not_found = ids.unwrap_or_default().iter();
    let not_found = not_found.filter(|id| !found.contains(id.as_str()) && asked.insert(id.as_str()));
    let not_found = not_found.cloned().collect();
    Ok(Found { state, list, not_found })
}

/// What changed since a position, at most `max` ids: first what is new, then the rest.
pub async fn changes(
    connection: &mut SqliteConnection,
    scopes: &Scopes,
    kind: &str,
    since: Position,
    max: Option<usize>,
) -> Result<Changes, BackendError> {
    let standing = standing(&mut *connection, scopes, kind).await?;
    if let Some(unchanged) = unchanged(scopes, standing, since)? {
        return Ok(unchanged);
    }
    let top = standing.top;
    let mut changes = none(scopes, top);
    let max = max.unwrap_or(usize::MAX);
    let limit = |room: usize| i64::try_from(room.saturating_add(1)).unwrap_or(i64::MAX);

    let mut new: Vec<(String, i64)> = sqlx::query_as(
        "SELECT id, created FROM object
         WHERE scope IN (SELECT value FROM json_each(?1)) AND type = ?2 AND created > ?3
           AND destroyed IS NULL
         ORDER BY created LIMIT ?4",
    )
    .bind(scopes.json())
    .bind(kind)
    .bind(since.created)
    .bind(limit(max))
    .fetch_all(&mut *connection)
    .await?;
    if new.len() > max {
        new.truncate(max);
        let created = new.last().map_or(since.created, |(_, created)| *created);
        changes.new_state = scopes.state(Position { modseq: since.modseq, created });
        changes.has_more = true;
        changes.created = new.into_iter().map(|(id, _)| id).collect();
        return Ok(changes);
    }
    let room = max - new.len();
    changes.created = new.into_iter().map(|(id, _)| id).collect();

    // An object that was introduced on an earlier page and has not changed since its making is left out.
    let mut rest: Vec<(String, i64, bool)> = sqlx::query_as(
        "SELECT id, modseq, destroyed IS NOT NULL FROM object
         WHERE scope IN (SELECT value FROM json_each(?1)) AND type = ?2 AND modseq > ?3
           AND created <= ?4 AND NOT (created > ?3 AND modseq = created)
         ORDER BY modseq LIMIT ?5",
    )
    .bind(scopes.json())
    .bind(kind)
    .bind(since.modseq)
    .bind(since.created)
    .bind(limit(room))
    .fetch_all(&mut *connection)
    .await?;
    if rest.len() > room {
        rest.truncate(room);
        let modseq = rest.last().map_or(since.modseq, |(_, modseq, _)| *modseq);
        changes.new_state = scopes.state(Position { modseq, created: top });
        changes.has_more = true;
    }
    for (id, _, destroyed) in rest {
        if destroyed { &mut changes.destroyed } else { &mut changes.updated }.push(id);
    }
    name_once(&mut changes);
    if kind == Mailbox::NAME && !changes.updated.is_empty() {
        changes.updated_properties = only_counters(connection, scopes, since, &changes.updated).await?;
    }
    Ok(changes)
}

/// What lies over an object may have changed with it.
fn name_once(changes: &mut Changes) {
    let mut named: HashSet<String> = changes.created.iter().chain(&changes.destroyed).cloned().collect();
    changes.updated.retain(|id| named.insert(id.clone()));
}

/// The counters, where none of these mailboxes has changed otherwise since then (RFC 8621 §2.2).
async fn only_counters(
    connection: &mut SqliteConnection,
    scopes: &Scopes,
    since: Position,
    updated: &[String],
) -> Result<Option<Vec<String>>, BackendError> {
    let has_more: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM object
             WHERE scope IN (SELECT value FROM json_each(?1)) AND type = ?2 AND settled > ?3
               AND id IN (SELECT value FROM json_each(?4)))",
    )
    .bind(scopes.json())
    .bind(Mailbox::NAME)
    .bind(since.modseq)
    .bind(serde_json::to_string(updated)?)
    .fetch_one(connection)
    .await?;
    Ok((!has_more).then(|| COUNTERS.iter().map(|name| (*name).to_owned()).collect()))
}
