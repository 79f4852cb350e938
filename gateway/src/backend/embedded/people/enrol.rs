//! A whole list of people at once.

use futures_util::future::try_join_all;
use tornister_formats::{profile::Password, roster::RosterRow};

use super::{NewPerson, PeopleError, SetBy, exists, set_password, write};
use crate::backend::{
    BackendError,
    embedded::{EmbeddedSchool, change::Change},
};

/// What a row of a list did.
#[derive(Debug)]
pub struct Enrolment {
    /// Of the row in its file, counted from 1.
    pub line: usize,
    /// Whose.
    pub login: String,
    /// What.
    pub outcome: Outcome,
}

/// What happened to somebody in a list.
#[derive(Debug)]
pub enum Outcome {
    /// Added, with this first password; none in a dry run.
    Added(Option<Password>),
    /// Name, class or role is another one now; this is what it was.
    Changed(String),
    /// Everything is as the list says.
    Unchanged,
}

impl EmbeddedSchool {
    /// Makes everybody in the list known, in one transaction. Who is not in the list stays. A dry run
    /// answers what would happen.
    ///
    /// # Errors
    /// See [`PeopleError`]; nothing has changed then.
    pub async fn enrol(&self, rows: &[RosterRow], is_dry_run: bool) -> Result<Vec<Enrolment>, PeopleError> {
        let profile = self.profile().await?;
        // Hashing takes a while, and nobody should wait for the right to write meanwhile.
        let known = self.people().await?;
        let new: Vec<&RosterRow> =
            rows.iter().filter(|row| known.iter().all(|person| person.login != row.login)).collect();
        let passwords: Vec<(Password, String)> = if is_dry_run {
            Vec::new()
        } else {
            try_join_all(new.iter().map(|_| self.first_password())).await?
        };
        let mut passwords = passwords.into_iter();
        let mut change = self.change().await?;
        let mut enrolments = Vec::with_capacity(rows.len());
        for row in rows {
            let person = NewPerson {
                login: row.login.clone(),
                name: row.name.clone(),
                role: row.role,
                class: row.class.clone(),
            };
            let outcome = match before(&mut change, &person).await? {
                Some(before) if before.is_empty() => Outcome::Unchanged,
                Some(before) => {
                    write(&mut change, &person, &profile).await?;
                    Outcome::Changed(before)
                }
                None => {
                    write(&mut change, &person, &profile).await?;
                    let password = passwords.next();
                    if let Some((_, hash)) = &password {
                        set_password(&mut change, &person.login, hash, SetBy::School).await?;
                    }
                    Outcome::Added(password.map(|(password, _)| password))
                }
            };
            enrolments.push(Enrolment { line: row.line, login: person.login, outcome });
        }
        if !is_dry_run {
            change.commit().await?;
        }
        Ok(enrolments)
    }
}

/// How the person stands in the database where that differs, empty where it does not; none where nobody
/// has this login.
async fn before(change: &mut Change, person: &NewPerson) -> Result<Option<String>, BackendError> {
    if !exists(change, &person.login).await? {
        return Ok(None);
    }
    let (name, role, class): (String, String, Option<String>) =
        sqlx::query_as("SELECT name, role, class FROM person WHERE login = ?1")
            .bind(&person.login)
            .fetch_one(&mut *change.transaction)
            .await?;
    let is_same = name == person.name && role == super::role_name(person.role) && class == person.class;
    let before = [Some(name), class].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Ok(Some(if is_same { String::new() } else { before }))
}
