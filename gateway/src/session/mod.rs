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

/// Somebody who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The login, as the school writes it.
    pub login: String,
    /// Whose device.
    pub device: DeviceKind,
    /// Prolonged just now: the cookie has to be set anew.
    pub prolonged: bool,
    /// Nothing may be changed, whatever the person may (D7).
    pub is_read_only: bool,
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

    /// Begins one; the token is known to nobody but the caller, the database has its hash.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn begin(&self, login: &str, device: DeviceKind) -> Result<Token, BackendError> {
        let token = Token::new(self.environment.random.as_ref())?;
        let now = self.environment.clock.unix_seconds();
        let (device, seconds) = match device {
            DeviceKind::Own => ("own", OWN_SECONDS),
            DeviceKind::Shared => ("shared", SHARED_SECONDS),
        };
        let mut transaction = self.database.write().await?;
        sqlx::query(
            "INSERT INTO session (token, login, device, created_at, seen_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
        )
        .bind(token.hash())
        .bind(login)
        .bind(device)
        .bind(now)
        .bind(now + seconds)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(token)
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
        let row: Option<(String, String, i64)> = {
            let mut moment = self.database.read().await?;
            sqlx::query_as("SELECT login, device, seen_at FROM session WHERE token = ?1 AND expires_at > ?2")
                .bind(token.hash())
                .bind(now)
                .fetch_optional(&mut *moment)
                .await?
        };
        let Some((login, device, seen_at)) = row else { return Ok(None) };
        let device = if device == "own" { DeviceKind::Own } else { DeviceKind::Shared };
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
        Ok(Some(Session { login, device, prolonged, is_read_only: false }))
    }

    /// Ends one; nothing happens where it has ended already.
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

    /// Whether sessions can be asked for.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn check(&self) -> Result<(), BackendError> {
        let mut moment = self.database.read().await?;
        sqlx::query("SELECT count(*) FROM counter").execute(&mut *moment).await?;
        Ok(())
    }

    /// Ends all of somebody.
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
