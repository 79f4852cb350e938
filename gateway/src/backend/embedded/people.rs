//! The school's people, as an administrator looks after them: added, locked, given first passwords,
//! deleted with everything that is theirs.

mod enrol;
mod first_password;
mod leaving;

use serde::Serialize;
use tornister_formats::profile::{Password, PasswordPolicy, Profile, ProfileError, Role, is_login};
use tornister_protocol::auth::PasswordNeeds;

use super::{
    EmbeddedSchool,
    change::Change,
    identity_write,
    import::{
        homework,
        mail::{self, import_mailboxes},
    },
    participant_write,
    state::derived_id,
    user_scope,
};
use crate::backend::BackendError;

pub use enrol::{Enrolment, Outcome};
pub use leaving::{end_sessions, remove};

/// The setting that holds the school's profile without its people.
pub const PROFILE: &str = "profile";

/// Somebody at the school, as a list shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Such as `lena.sommer`.
    pub login: String,
    /// As people write it.
    pub name: String,
    /// `pupil` or `teacher`.
    pub role: String,
    /// A pupil's class.
    pub class: Option<String>,
    /// Whether this person can come in.
    pub standing: Standing,
}

/// Whether somebody can come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Yes.
    Open,
    /// Yes, after choosing a password.
    FirstPassword,
    /// No: there is no password.
    NoPassword,
    /// No, until it is unlocked.
    Locked,
}

/// Somebody who is to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Lower case; see [`is_login`].
    pub login: String,
    /// As people write it.
    pub name: String,
    /// What the person is at school.
    pub role: Role,
    /// A pupil's class.
    pub class: Option<String>,
}

/// Why something was not done to somebody.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// No school yet.
    #[error("there is no school in this database yet; run `tornister school import FOLDER` first")]
    NoSchool,
    /// The profile in the database cannot be read.
    #[error("the profile in the database: {0}. Import the school's folder again")]
    Profile(#[from] ProfileError),
    /// Nobody has this login.
    #[error("nobody has the login {login}{}", near.as_ref().map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
    Unknown {
        /// As it was written.
        login: String,
        /// The login that looks most like it.
        near: Option<String>,
    },
    /// Somebody has this login already.
    #[error(
        "{0} is there already; choose another login, or give a new first password with `tornister user password {0}`"
    )]
    Exists(String),
    /// No login at all.
    #[error("\"{0}\" is no login; it may have letters, digits, dots and hyphens only")]
    NoLogin(String),
    /// Nobody is in a class.
    #[error("nobody is in class {0}; `tornister user list` shows the classes")]
    EmptyClass(String),
    /// A pupil without a class.
    #[error("{0} is a pupil without a class; add --class 7b, or --role teacher")]
    NoClass(String),
    /// The database.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

impl From<sqlx::Error> for PeopleError {
    fn from(error: sqlx::Error) -> Self {
        Self::Backend(error.into())
    }
}

/// A row of `person`.
#[derive(sqlx::FromRow)]
struct Row {
    login: String,
    name: String,
    role: String,
    class: Option<String>,
    has_password: bool,
    is_provisional: bool,
    is_locked: bool,
}

impl EmbeddedSchool {
    /// The school's profile without its people, as it was imported last.
    ///
    /// # Errors
    /// [`PeopleError::NoSchool`] before the first import.
    pub async fn profile(&self) -> Result<Profile, PeopleError> {
        let mut moment = self.database.read().await?;
        let text: Option<String> = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?1")
            .bind(PROFILE)
            .fetch_optional(&mut *moment)
            .await?;
        Ok(Profile::parse(&text.ok_or(PeopleError::NoSchool)?)?)
    }

    /// Everybody, by class and login.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn people(&self) -> Result<Vec<Person>, BackendError> {
        let mut moment = self.database.read().await?;
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT login, name, role, class, password IS NOT NULL AS has_password, is_provisional,
                    locked IS NOT NULL AS is_locked
             FROM person ORDER BY class IS NULL, class, login",
        )
        .fetch_all(&mut *moment)
        .await?;
        Ok(rows.into_iter().map(person).collect())
    }

    /// Adds somebody; answers the first password.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn add_person(&self, person: &NewPerson) -> Result<Password, PeopleError> {
        if !is_login(&person.login) {
            return Err(PeopleError::NoLogin(person.login.clone()));
        }
        if person.role == Role::Pupil && person.class.is_none() {
            return Err(PeopleError::NoClass(person.login.clone()));
        }
        let profile = self.profile().await?;
        let (password, hash) = self.first_password().await?;
        let mut change = self.change().await?;
        if exists(&mut change, &person.login).await? {
            return Err(PeopleError::Exists(person.login.clone()));
        }
        write(&mut change, person, &profile).await?;
        set_password(&mut change, &person.login, &hash, SetBy::School).await?;
        change.commit().await?;
        Ok(password)
    }

    /// Gives somebody a new first password; all sessions end.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn reset_password(&self, login: &str) -> Result<Password, PeopleError> {
        let (password, hash) = self.first_password().await?;
        let mut change = self.change_of(login).await?;
        set_password(&mut change, login, &hash, SetBy::School).await?;
        end_sessions(&mut change, login).await?;
        change.commit().await?;
        Ok(password)
    }

    /// Shuts somebody out at once, or lets them in again.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn set_locked(&self, login: &str, is_locked: bool) -> Result<(), PeopleError> {
        let mut change = self.change_of(login).await?;
        let locked = is_locked.then_some(change.now);
        sqlx::query("UPDATE person SET locked = ?2 WHERE login = ?1")
            .bind(login)
            .bind(locked)
            .execute(&mut *change.transaction)
            .await?;
        end_sessions(&mut change, login).await?;
        change.commit().await?;
        Ok(())
    }

    /// Deletes somebody with everything that is theirs.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn delete_person(&self, login: &str) -> Result<(), PeopleError> {
        let mut change = self.change_of(login).await?;
        remove(&mut change, login).await?;
        super::blobs::sweep(&mut change).await?;
        change.commit().await?;
        Ok(())
    }

    /// Sets the password that somebody chose, where the school's rules allow it.
    pub(super) async fn set_own_password(
        &self,
        login: &str,
        old: &str,
        new: &str,
    ) -> Result<Result<(), PasswordNeeds>, BackendError> {
        let policy = self.password_policy().await?;
        let name: Option<String> = {
            let mut moment = self.database.read().await?;
            let name = sqlx::query_scalar("SELECT name FROM person WHERE login = ?1").bind(login);
            name.fetch_optional(&mut *moment).await?
        };
        let rules = policy.broken_rules(new, &[login, name.as_deref().unwrap_or_default()], old);
        if !rules.is_empty() {
            return Ok(Err(PasswordNeeds { rules, ..policy.needs() }));
        }
        let hash = self.passwords.hash(new.to_owned()).await?;
        let mut change = self.change().await?;
        set_password(&mut change, login, &hash, SetBy::Person).await?;
        end_sessions(&mut change, login).await?;
        change.commit().await?;
        Ok(Ok(()))
    }

    /// The school's rules for passwords; the usual ones where a profile cannot be read.
    pub(super) async fn password_policy(&self) -> Result<PasswordPolicy, BackendError> {
        match self.profile().await {
            Ok(profile) => Ok(profile.password),
            Err(PeopleError::Backend(error)) => Err(error),
            Err(error) => {
                tracing::warn!(%error, "the usual rules for passwords hold");
                Ok(PasswordPolicy::default())
            }
        }
    }

    pub(super) async fn change(&self) -> Result<Change, BackendError> {
        Change::begin(&self.database, self.environment.clock.unix_seconds()).await
    }

    /// Begins a change of somebody who has to be there.
    async fn change_of(&self, login: &str) -> Result<Change, PeopleError> {
        self.known(login).await?;
        Ok(self.change().await?)
    }

    /// Refuses a login that nobody has.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] with the login that looks most like it.
    pub async fn known(&self, login: &str) -> Result<(), PeopleError> {
        let all = self.people().await?.into_iter().map(|person| person.login);
        let near = all.map(|known| (strsim::damerau_levenshtein(login, &known), known)).min();
        match near {
            Some((0, _)) => Ok(()),
            near => {
                let near = near.filter(|(distance, _)| *distance <= 3).map(|(_, known)| known);
                Err(PeopleError::Unknown { login: login.to_owned(), near })
            }
        }
    }
}

fn person(row: Row) -> Person {
    let standing = match (row.is_locked, row.has_password, row.is_provisional) {
        (true, ..) => Standing::Locked,
        (false, false, _) => Standing::NoPassword,
        (false, true, true) => Standing::FirstPassword,
        (false, true, false) => Standing::Open,
    };
    Person { login: row.login, name: row.name, role: row.role, class: row.class, standing }
}

/// Who set a password.
#[derive(Clone, Copy)]
enum SetBy {
    /// The school: it is good for choosing another one.
    School,
    /// The person.
    Person,
}

async fn set_password(change: &mut Change, login: &str, hash: &str, by: SetBy) -> Result<(), BackendError> {
    let (by, is_provisional) = match by {
        SetBy::School => ("school", true),
        SetBy::Person => ("person", false),
    };
    sqlx::query("UPDATE person SET password = ?2, password_by = ?3, is_provisional = ?4 WHERE login = ?1")
        .bind(login)
        .bind(hash)
        .bind(by)
        .bind(is_provisional)
        .execute(&mut *change.transaction)
        .await?;
    Ok(())
}

async fn exists(change: &mut Change, login: &str) -> Result<bool, BackendError> {
    let exists = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM person WHERE login = ?1)").bind(login);
    Ok(exists.fetch_one(&mut *change.transaction).await?)
}

/// Writes somebody whom the command line names, with what everybody has: address, folders.
async fn write(change: &mut Change, person: &NewPerson, profile: &Profile) -> Result<(), BackendError> {
    store(change, person, profile).await?;
    sqlx::query("UPDATE person SET named_by = 'school' WHERE login = ?1")
        .bind(&person.login)
        .execute(&mut *change.transaction)
        .await?;
    import_mailboxes(change, &user_scope(&person.login), mail::FILE, std::iter::empty()).await?;
    homework::distribute(change, &person.login, person.class.as_deref()).await
}

/// Writes somebody's row and address; a password is never touched.
pub async fn store(change: &mut Change, person: &NewPerson, profile: &Profile) -> Result<(), BackendError> {
    let email = format!("{}@{}", person.login, profile.mail_domain).to_lowercase();
    sqlx::query(
        "INSERT INTO person (login, account_id, name, role, class, email) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (login) DO UPDATE SET name = excluded.name, role = excluded.role,
             class = excluded.class, email = excluded.email",
    )
    .bind(&person.login)
    .bind(derived_id('A', &[&person.login]))
    .bind(&person.name)
    .bind(role_name(person.role))
    .bind(&person.class)
    .bind(&email)
    .execute(&mut *change.transaction)
    .await?;
    identity_write::ensure(change, &person.login, &person.name, &email).await?;
    participant_write::ensure(change, &person.login, &person.name, &email).await
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Pupil => "pupil",
        Role::Teacher => "teacher",
    }
}
