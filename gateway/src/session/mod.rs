//! Who is logged in: cookie sessions of browsers and app passwords of other clients, kept in the gateway's
//! own database whatever the backend is.
//!
//! - [`cookie`]: a session's token on its way. [`brake`]: slows down who guesses passwords.
//! - [`token`]: app passwords. [`credential`]: either of the two, in a request. [`secret`]: what both hold.

pub mod brake;
pub mod cookie;
pub mod credential;
pub mod secret;
pub mod token;

use tornister_protocol::auth::DeviceKind;

use crate::{backend::BackendError, database::Database, environment::Environment};
use cookie::Token;
use credential::Credential;

const DAY: i64 = 24 * 60 * 60;
/// An own device stays logged in for as long as it is used within this time.
pub const OWN_SECONDS: i64 = 90 * DAY;
/// A shared device is logged out after this time, used or not.
pub const SHARED_SECONDS: i64 = DAY / 2;

/// How the database names whose device it is.
const OWN: &str = "own";
const SHARED: &str = "shared";

fn device_of(name: &str) -> DeviceKind {
    if name == OWN { DeviceKind::Own } else { DeviceKind::Shared }
}

/// Those who are logged in with one credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The first of them, as the school writes the login.
    pub login: String,
    /// Who came in after, in the same browser, in the order in which they came.
    pub others: Vec<String>,
    /// Whose device.
    pub device: DeviceKind,
    /// Prolonged just now: the cookie has to be set anew.
    pub prolonged: bool,
    /// Nothing may be changed, whatever the person may (D7).
    pub is_read_only: bool,
}

impl Session {
    /// All who are logged in.
    pub fn logins(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.login).chain(&self.others).map(String::as_str)
    }
}

/// All sessions.
#[derive(Clone)]
pub struct Sessions {
    database: Database,
    environment: Environment,
}

impl Sessions {
    /// The sessions in this database.
    #[must_use]
    pub fn new(database: Database, environment: Environment) -> Self {
        Self { database, environment }
    }

    /// Begins one; the token is known to nobody but the caller, the database has its hash. Those who are
    /// logged in with `joined` stay so, under the new token alone, and whose device it is stays as well.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn begin(
        &self,
        login: &str,
        device: DeviceKind,
        joined: Option<&Token>,
    ) -> Result<(Token, DeviceKind), BackendError> {
        let token = Token::new(self.environment.random.as_ref())?;
        let now = self.environment.clock.unix_seconds();
        let mut transaction = self.database.write().await?;
        let mut device = device;
        if let Some(joined) = joined {
            let before: Option<(String,)> = sqlx::query_as(
                "UPDATE session SET token = ?2 WHERE token = ?1 AND expires_at > ?3 RETURNING device",
            )
            .bind(joined.hash())
            .bind(token.hash())
            .bind(now)
            .fetch_optional(&mut *transaction)
            .await?;
            device = before.map_or(device, |(name,)| device_of(&name));
        }
        let (name, seconds) = match device {
            DeviceKind::Own => (OWN, OWN_SECONDS),
            DeviceKind::Shared => (SHARED, SHARED_SECONDS),
        };
        sqlx::query(
            "INSERT INTO session (token, login, device, created_at, seen_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5)
             ON CONFLICT (token, login) DO UPDATE SET seen_at = ?4, expires_at = ?5",
        )
        .bind(token.hash())
        .bind(login)
        .bind(name)
        .bind(now)
        .bind(now + seconds)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok((token, device))
    }

    /// Who comes with a credential, where it is good.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn find(&self, credential: &Credential) -> Result<Option<Session>, BackendError> {
        match credential {
            Credential::Cookie(token) => self.resume(token).await,
            Credential::AppPassword { token, login } => self.admit(token, login.as_deref()).await,
        }
    }

    /// The session of a token, where it still runs. Using an own device prolongs it, at most once a day.
    async fn resume(&self, token: &Token) -> Result<Option<Session>, BackendError> {
        let now = self.environment.clock.unix_seconds();
        let rows: Vec<(String, String, i64)> = {
            let mut glance = self.database.glance().await?;
            sqlx::query_as(
                "SELECT login, device, seen_at FROM session WHERE token = ?1 AND expires_at > ?2
                 ORDER BY created_at, login",
            )
            .bind(token.hash())
            .bind(now)
            .fetch_all(&mut *glance)
            .await?
        };
        let Some((_, device, _)) = rows.first() else { return Ok(None) };
        let device = device_of(device);
        let seen_at = rows.iter().map(|(_, _, seen_at)| *seen_at).min().unwrap_or(now);
        let prolonged = device == DeviceKind::Own && now - seen_at >= DAY;
        if prolonged {
            let mut transaction = self.database.write().await?;
            sqlx::query("UPDATE session SET seen_at = ?2, expires_at = ?3 WHERE token = ?1")
                .bind(token.hash())
                .bind(now)
                .bind(now + OWN_SECONDS)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
        }
        let mut logins = rows.into_iter().map(|(login, ..)| login);
        let login = logins.next().unwrap_or_default();
        Ok(Some(Session { login, others: logins.collect(), device, prolonged, is_read_only: false }))
    }

    /// Ends one, whoever is logged in; nothing happens where it has ended already.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn end(&self, token: &Token) -> Result<(), BackendError> {
        let mut transaction = self.database.write().await?;
        sqlx::query("DELETE FROM session WHERE token = ?1")
            .bind(token.hash())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Logs one of a session's people out; the others stay.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn leave(&self, token: &Token, login: &str) -> Result<(), BackendError> {
        let mut transaction = self.database.write().await?;
        sqlx::query("DELETE FROM session WHERE token = ?1 AND login = ?2")
            .bind(token.hash())
            .bind(login)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Whether sessions can be asked for.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn check(&self) -> Result<(), BackendError> {
        let mut glance = self.database.glance().await?;
        sqlx::query("SELECT count(*) FROM counter").execute(&mut *glance).await?;
        Ok(())
    }

    /// Logs somebody out everywhere; others who are logged in at the same device stay.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn end_all(&self, login: &str) -> Result<(), BackendError> {
        let mut transaction = self.database.write().await?;
        sqlx::query("DELETE FROM session WHERE login = ?1").bind(login).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Forgets sessions and app passwords that have run out.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn sweep(&self) -> Result<(), BackendError> {
        let now = self.environment.clock.unix_seconds();
        let mut transaction = self.database.write().await?;
        for delete in
            ["DELETE FROM session WHERE expires_at <= ?1", "DELETE FROM token WHERE expires_at <= ?1"]
        {
            sqlx::query(delete).bind(now).execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}
