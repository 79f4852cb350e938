//! Who is at the school, as its profile says.

use std::collections::BTreeMap;

use tornister_formats::school::School;

use crate::backend::{
    BackendError,
    embedded::{
        EmbeddedSchool,
        change::Change,
        people::{self, NewPerson},
        settings,
    },
};

/// The hash of each password in the profile by login, the stored one where the password is still the same.
/// A password that the person or the school has set since then stays: it is not here.
pub async fn passwords(
    embedded: &EmbeddedSchool,
    school: &School,
) -> Result<BTreeMap<String, String>, BackendError> {
    let mut stored: BTreeMap<String, (Option<String>, String)> = {
        let mut moment = embedded.database.read().await?;
        let rows: Vec<(String, Option<String>, String)> =
            sqlx::query_as("SELECT login, password, password_by FROM person").fetch_all(&mut *moment).await?;
        rows.into_iter().map(|(login, password, by)| (login, (password, by))).collect()
    };
    let mut hashes = BTreeMap::new();
    for user in &school.profile.users {
        let Some(password) = &user.password else { continue };
        let password = password.reveal().to_owned();
        let hash = match stored.remove(&user.login) {
            Some((_, by)) if by != "profile" => continue,
            Some((Some(hash), _))
                if embedded.passwords.verify(Some(hash.clone()), password.clone()).await? =>
            {
                hash
            }
            _ => embedded.passwords.hash(password).await?,
        };
        hashes.insert(user.login.clone(), hash);
    }
    Ok(hashes)
}

/// Writes everybody whom the profile names; who was named by it and is no longer leaves with everything
/// that was theirs.
pub async fn import(
    change: &mut Change,
    school: &School,
    passwords: &BTreeMap<String, String>,
) -> Result<(), BackendError> {
    let before: Vec<String> = sqlx::query_scalar("SELECT login FROM person WHERE named_by = 'profile'")
        .fetch_all(&mut *change.transaction)
        .await?;
    let gone =
        before.into_iter().filter(|login| school.profile.users.iter().all(|user| user.login != *login));
    for login in gone {
        people::remove(change, &login).await?;
    }
    settings::write(change, school).await?;
    sqlx::query(
        "INSERT INTO setting (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(people::PROFILE)
    .bind(&school.profile_text)
    .execute(&mut *change.transaction)
    .await?;
    for user in &school.profile.users {
        let person = NewPerson {
            login: user.login.clone(),
            name: user.name.clone(),
            role: user.role,
            class: user.class.clone(),
        };
        people::store(change, &person, &school.profile).await?;
        sqlx::query("UPDATE person SET named_by = 'profile' WHERE login = ?1")
            .bind(&user.login)
            .execute(&mut *change.transaction)
            .await?;
        sqlx::query("UPDATE person SET password = ?2 WHERE login = ?1 AND password_by = 'profile'")
            .bind(&user.login)
            .bind(passwords.get(&user.login))
            .execute(&mut *change.transaction)
            .await?;
    }
    Ok(())
}
