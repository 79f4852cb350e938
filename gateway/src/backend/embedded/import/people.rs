//! Who is at the school.

use std::collections::BTreeMap;

use tornister_formats::{profile::Role, school::School};

use crate::backend::{
    BackendError,
    embedded::{
        EmbeddedSchool, change::Change, email_search, identity_write, participant_write, settings,
        state::derived_id, user_scope,
    },
};

/// The hash of each person's password by login, the stored one where the password is still the same.
pub async fn passwords(
    embedded: &EmbeddedSchool,
    school: &School,
) -> Result<BTreeMap<String, String>, BackendError> {
    let mut stored: BTreeMap<String, Option<String>> = {
        let mut moment = embedded.database.read().await?;
        let rows: Vec<(String, Option<String>)> =
            sqlx::query_as("SELECT login, password FROM person").fetch_all(&mut *moment).await?;
        rows.into_iter().collect()
    };
    let mut hashes = BTreeMap::new();
    for user in &school.profile.users {
        let Some(password) = &user.password else { continue };
        let password = password.reveal().to_owned();
        let old = stored.remove(&user.login).flatten();
        let hash = match old {
            Some(hash) if embedded.passwords.verify(Some(hash.clone()), password.clone()).await? => hash,
            _ => embedded.passwords.hash(password).await?,
        };
        hashes.insert(user.login.clone(), hash);
    }
    Ok(hashes)
}

/// Writes everybody; who is no longer there leaves with everything that was theirs.
pub async fn import(
    change: &mut Change,
    school: &School,
    passwords: &BTreeMap<String, String>,
) -> Result<(), BackendError> {
    let before: Vec<String> =
        sqlx::query_scalar("SELECT login FROM person").fetch_all(&mut *change.transaction).await?;
    let gone =
        before.into_iter().filter(|login| school.profile.users.iter().all(|user| user.login != *login));
    for login in gone {
        remove(change, &login).await?;
    }
    settings::write(change, school).await?;
    for user in &school.profile.users {
        let email = format!("{}@{}", user.login, school.profile.mail_domain).to_lowercase();
        let role = match user.role {
            Role::Pupil => "pupil",
            Role::Teacher => "teacher",
        };
        sqlx::query(
            "INSERT INTO person (login, account_id, name, role, class, password, email)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (login) DO UPDATE SET name = excluded.name, role = excluded.role,
                 class = excluded.class, password = excluded.password, email = excluded.email",
        )
        .bind(&user.login)
        .bind(derived_id('A', &[&user.login]))
        .bind(&user.name)
        .bind(role)
        .bind(&user.class)
        .bind(passwords.get(&user.login))
        .bind(&email)
        .execute(&mut *change.transaction)
        .await?;
        identity_write::ensure(change, &user.login, &user.name, &email).await?;
        participant_write::ensure(change, &user.login, &user.name, &email).await?;
    }
    Ok(())
}

async fn remove(change: &mut Change, login: &str) -> Result<(), BackendError> {
    for delete in ["DELETE FROM person WHERE login = ?1", "DELETE FROM session WHERE login = ?1"] {
        sqlx::query(delete).bind(login).execute(&mut *change.transaction).await?;
    }
    change.forget(&user_scope(login)).await?;
    email_search::forget(change, &user_scope(login)).await?;
    for delete in [
        "DELETE FROM thread_key WHERE scope = ?1",
        "DELETE FROM email WHERE scope = ?1",
        "DELETE FROM upload WHERE scope = ?1",
        "DELETE FROM outgoing WHERE scope = ?1",
        "DELETE FROM absence_told WHERE scope = ?1",
        "DELETE FROM imported WHERE scope = ?1",
        "DELETE FROM discarded WHERE scope = ?1",
        "DELETE FROM edited WHERE scope = ?1",
    ] {
        sqlx::query(delete).bind(user_scope(login)).execute(&mut *change.transaction).await?;
    }
    Ok(())
}
