//! What an import made, so that its next run replaces that and nothing else: neither what people made
//! themselves nor what came from other files.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::{
    BackendError,
    embedded::change::{Change, Item},
};

/// Objects by id.
pub type Items = BTreeMap<String, Item>;

/// The source that a whole school's folder is.
pub const FOLDER: &str = "folder";

/// Makes exactly these the objects of a type that come from a source.
pub async fn put(
    change: &mut Change,
    source: &str,
    (scope, kind): (&str, &str),
    items: &Items,
) -> Result<(), BackendError> {
    let before: Vec<String> =
        sqlx::query_scalar("SELECT id FROM origin WHERE scope = ?1 AND type = ?2 AND source = ?3")
            .bind(scope)
            .bind(kind)
            .bind(source)
            .fetch_all(&mut *change.transaction)
            .await?;
    let edited: Vec<String> = sqlx::query_scalar("SELECT id FROM edited WHERE scope = ?1 AND type = ?2")
        .bind(scope)
        .bind(kind)
        .fetch_all(&mut *change.transaction)
        .await?;
    let edited: BTreeSet<String> = edited.into_iter().collect();
    let before: BTreeSet<String> = before.into_iter().filter(|id| !edited.contains(id)).collect();
    for (id, item) in items.iter().filter(|(id, _)| !edited.contains(*id)) {
        change.put(scope, kind, id, item).await?;
        if !before.contains(id) {
            sqlx::query(
                "INSERT INTO origin (scope, type, id, source) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (scope, type, id) DO UPDATE SET source = excluded.source",
            )
            .bind(scope)
            .bind(kind)
            .bind(id)
            .bind(source)
            .execute(&mut *change.transaction)
            .await?;
        }
    }
    for id in before.iter().filter(|id| !items.contains_key(*id)) {
        change.destroy(scope, kind, id).await?;
        sqlx::query("DELETE FROM origin WHERE scope = ?1 AND type = ?2 AND id = ?3")
            .bind(scope)
            .bind(kind)
            .bind(id)
            .execute(&mut *change.transaction)
            .await?;
    }
    Ok(())
}
