//! Sessions that end and people who leave.

use crate::backend::{
    BackendError,
    embedded::{change::Change, user_scope},
};

/// Ends all sessions of somebody; waiting event streams hear of it.
pub async fn end_sessions(change: &mut Change, login: &str) -> Result<(), BackendError> {
    sqlx::query("DELETE FROM session WHERE login = ?1").bind(login).execute(&mut *change.transaction).await?;
    change.stir();
    Ok(())
}

/// Deletes somebody with everything that is theirs; bytes that nobody else has go with the next sweep.
pub async fn remove(change: &mut Change, login: &str) -> Result<(), BackendError> {
    end_sessions(change, login).await?;
    sqlx::query("DELETE FROM person WHERE login = ?1").bind(login).execute(&mut *change.transaction).await?;
    let scope = user_scope(login);
    change.forget(&scope).await?;
    for delete in [
        "DELETE FROM thread_key WHERE scope = ?1",
        "DELETE FROM email WHERE scope = ?1",
        "DELETE FROM upload WHERE scope = ?1",
        "DELETE FROM outgoing WHERE scope = ?1",
        "DELETE FROM absence_told WHERE scope = ?1",
        "DELETE FROM imported WHERE scope = ?1",
        "DELETE FROM discarded WHERE scope = ?1",
        "DELETE FROM origin WHERE scope = ?1",
        "DELETE FROM edited WHERE scope = ?1",
        "DELETE FROM operation WHERE scope = ?1",
    ] {
        sqlx::query(delete).bind(&scope).execute(&mut *change.transaction).await?;
    }
    Ok(())
}
