//! A whole list of people at once.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use tornister_formats::{profile::Password, roster::RosterRow};

use super::{NewPerson, PeopleError, SetBy, set_password, write};
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
    /// Left out, for this reason: the login was made from the name, and may be a namesake's.
    Refused(String),
}

impl EmbeddedSchool {
    /// Makes everybody in the list known, in one transaction. Who is not in the list stays. Only a login that
    /// the list names itself moves somebody to another class. A dry run answers what would happen.
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
        let is_taken = |login: &str| {
            known.iter().any(|person| person.login == login) || rows.iter().any(|row| row.login == login)
        };
        let mut change = self.change().await?;
        let mut enrolments = Vec::with_capacity(rows.len());
        let mut refused: BTreeSet<&str> = BTreeSet::new();
        for row in rows {
            let person = NewPerson {
                login: row.login.clone(),
                name: row.name.clone(),
                role: row.role,
                class: row.class.clone(),
            };
            let before = Before::read(&mut change, &person.login).await?;
            if let Some(made) = row.made_login.as_deref()
                // The number of a second one says nothing once the first is somebody else.
                && before.as_ref().map_or(refused.contains(made), |before| before.is_elsewhere(&person))
            {
                refused.insert(made);
                let free = (2..).map(|number| format!("{made}{number}")).find(|login| !is_taken(login));
                let why = refusal(&person, before.as_ref(), made, &free.unwrap_or_default());
                enrolments.push(Enrolment {
                    line: row.line,
                    login: person.login,
                    outcome: Outcome::Refused(why),
                });
                continue;
            }
            let outcome = match before {
                Some(before) if before.is_same(&person) => Outcome::Unchanged,
                Some(before) => {
                    write(&mut change, &person, &profile).await?;
                    Outcome::Changed(before.text())
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

/// How somebody stands in the database.
struct Before {
    name: String,
    role: String,
    class: Option<String>,
}

impl Before {
    /// None where nobody has this login.
    async fn read(change: &mut Change, login: &str) -> Result<Option<Self>, BackendError> {
        let row: Option<(String, String, Option<String>)> =
            sqlx::query_as("SELECT name, role, class FROM person WHERE login = ?1")
                .bind(login)
                .fetch_optional(&mut *change.transaction)
                .await?;
        Ok(row.map(|(name, role, class)| Self { name, role, class }))
    }

    fn is_elsewhere(&self, person: &NewPerson) -> bool {
        self.class != person.class || self.role != super::role_name(person.role)
    }

    fn is_same(&self, person: &NewPerson) -> bool {
        self.name == person.name && !self.is_elsewhere(person)
    }

    /// Name and class.
    fn text(self) -> String {
        [Some(self.name), self.class].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Why a row is left out, and what to write into it; `made` is the login that its name makes, `free` one that
/// nobody has.
fn refusal(person: &NewPerson, before: Option<&Before>, made: &str, free: &str) -> String {
    let name = &person.name;
    let place = before.map(|before| match &before.class {
        Some(class) => format!("{} is there already, in class {class}", person.login),
        None => format!("{} is there already, without a class", person.login),
    });
    let place = place.unwrap_or_else(|| format!("a row above may be another {name}"));
    let login = if before.is_some() { person.login.as_str() } else { made };
    format!(
        "{place}. Is it the same person, write {login} into a column Benutzername; else a login of its own, \
         such as {free}. The row is left out"
    )
}
