//! Changes that devices have named, as long as they are remembered: as long as anybody is told what has changed.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{change::Change, view::View};
use crate::backend::{BackendError, Operation, Operations, Outcome};

#[async_trait]
impl Operations for View {
    async fn carried_out(&self, ids: &[String]) -> Result<BTreeSet<String>, BackendError> {
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM operation WHERE scope = ?1 AND id IN (SELECT value FROM json_each(?2))",
        )
        .bind(self.scopes.own())
        .bind(serde_json::to_string(ids)?)
        .fetch_all(&mut *self.database.glance().await?)
        .await?;
        Ok(found.into_iter().collect())
    }
}

/// Remembers what was carried out.
///
/// # Errors
/// [`BackendError::Unavailable`] where one of them is remembered already: the same request is being answered twice
/// at this moment, and whoever sends it again learns that it is done.
pub async fn remember(
    change: &mut Change,
    scope: &str,
    operations: &[Operation],
    outcome: &Outcome,
) -> Result<(), BackendError> {
    for operation in operations {
        if !outcome.updated.contains_key(&outcome.real(&operation.object)) {
            continue;
        }
        let written =
            sqlx::query("INSERT INTO operation (scope, id, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .bind(scope)
                .bind(&operation.id)
                .bind(change.now)
                .execute(&mut *change.transaction)
                .await?;
        if written.rows_affected() == 0 {
            return Err(BackendError::Unavailable("a change arrived twice at once".into()));
        }
    }
    Ok(())
}

/// Forgets what was carried out before a time in Unix seconds.
pub async fn forget(change: &mut Change, before: i64) -> Result<(), BackendError> {
    let deleting = sqlx::query("DELETE FROM operation WHERE at < ?1").bind(before);
    deleting.execute(&mut *change.transaction).await?;
    Ok(())
}
