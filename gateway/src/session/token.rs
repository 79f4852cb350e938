//! App passwords: what other clients log in with, one for each client, taken back one by one.
//!
//! - Made by `tornister token create`, shown once; the database has the SHA-256 of the secret half.
//! - Opens all that its person may do, or only looks at it ([`TokenAccess`], D7).
//! - The school's password itself is no credential here: a client keeps what it logs in with for years, and
//!   the password opens more than mail; and Argon2, which it needs, would run at every request.

use std::{fmt, str::FromStr};

use tornister_protocol::{
    auth::DeviceKind,
    time::{LocalDate, UtcDate},
};

use super::{Session, Sessions, secret::Secret};
use crate::backend::BackendError;

/// People and scanners of leaked secrets know by it what they see.
const PREFIX: &str = "tornister";
const ID_BYTES: usize = 8;

/// An app password: `tornister_ID_SECRET`, both halves hexadecimal. `Debug` hides the secret one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppToken {
    id: String,
    secret: Secret,
}

/// A text that is no [`AppToken`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an app password")]
pub struct NoAppToken;

impl FromStr for AppToken {
    type Err = NoAppToken;

    fn from_str(text: &str) -> Result<Self, NoAppToken> {
        let mut parts = text.split('_');
        let (prefix, id, secret) = (parts.next(), parts.next(), parts.next());
        let secret = secret.and_then(Secret::from_hex).ok_or(NoAppToken)?;
        match (prefix, id, parts.next()) {
            (Some(PREFIX), Some(id), None) => Ok(Self { id: id.to_owned(), secret }),
            _ => Err(NoAppToken),
        }
    }
}

impl AppToken {
    /// The whole of it, for the one moment when it is shown.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}_{}_{}", self.id, self.secret.to_hex())
    }
}

/// What an app password opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAccess {
    /// All that its person may do.
    Full,
    /// Looking.
    ReadOnly,
}

impl TokenAccess {
    fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "read-only",
        }
    }
}

impl fmt::Display for TokenAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is known of an app password, besides its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEntry {
    /// Unique among its person's.
    pub name: String,
    /// What it opens.
    pub access: TokenAccess,
    /// When it was made.
    pub created: UtcDate,
    /// From when on it opens nothing.
    pub expires: Option<UtcDate>,
    /// The last day (UTC) on which it was used.
    pub used_on: Option<LocalDate>,
}

/// Name, access, made, ends, used.
type Row = (String, String, i64, Option<i64>, Option<String>);

/// Why an app password cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateTokenError {
    /// The name is taken.
    #[error("{login} has an app password '{name}' already: choose another name, or revoke it first")]
    NameTaken {
        /// Whose.
        login: String,
        /// Its name.
        name: String,
    },
    /// See there.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

impl Sessions {
    /// Makes an app password for somebody who exists. Without a name it is called by its own id.
    ///
    /// # Errors
    /// See [`CreateTokenError`].
    pub async fn create_token(
        &self,
        login: &str,
        name: Option<&str>,
        access: TokenAccess,
        expires: Option<UtcDate>,
    ) -> Result<AppToken, CreateTokenError> {
        let random = self.environment.random.as_ref();
        let mut id = [0; ID_BYTES];
        random.fill(&mut id).map_err(BackendError::from)?;
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let token = AppToken { id, secret: Secret::new(random).map_err(BackendError::from)? };
        let name = name.unwrap_or(&token.id);
        let mut transaction = self.database.write().await?;
        let made = sqlx::query(
            "INSERT INTO token (id, hash, login, name, access, created_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (login, name) DO NOTHING",
        )
        .bind(&token.id)
        .bind(token.secret.hash())
        .bind(login)
        .bind(name)
        .bind(access.name())
        .bind(self.environment.clock.unix_seconds())
        .bind(expires.map(|expires| expires.unix_millis().div_euclid(1000)))
        .execute(&mut *transaction)
        .await
        .map_err(BackendError::from)?;
        transaction.commit().await.map_err(BackendError::from)?;
        if made.rows_affected() == 0 {
            return Err(CreateTokenError::NameTaken { login: login.to_owned(), name: name.to_owned() });
        }
        Ok(token)
    }

    /// Somebody's app passwords, in the order of their names.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn tokens(&self, login: &str) -> Result<Vec<TokenEntry>, BackendError> {
        let mut moment = self.database.read().await?;
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT name, access, created_at, expires_at, used_on FROM token WHERE login = ?1 ORDER BY name",
        )
        .bind(login)
        .fetch_all(&mut *moment)
        .await?;
        let date = |seconds: i64| UtcDate::from_unix_millis(seconds * 1000);
        let entry = |(name, access, created, expires, used_on): Row| TokenEntry {
            name,
            access: access_of(&access),
            created: date(created),
            expires: expires.map(date),
            used_on: used_on.and_then(|day| day.parse().ok()),
        };
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Takes back somebody's app password of a name, or all of them; answers how many.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn revoke_tokens(&self, login: &str, name: Option<&str>) -> Result<u64, BackendError> {
        let mut transaction = self.database.write().await?;
        let revoked = sqlx::query("DELETE FROM token WHERE login = ?1 AND (?2 IS NULL OR name = ?2)")
            .bind(login)
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(revoked.rows_affected())
    }

    /// Who comes with an app password, where it is good and, with `Basic`, of the login that was said.
    pub(super) async fn admit(
        &self,
        token: &AppToken,
        said: Option<&str>,
    ) -> Result<Option<Session>, BackendError> {
        let now = self.environment.clock.now();
        let row: Option<(Vec<u8>, String, String, Option<String>)> = {
            let mut moment = self.database.read().await?;
            sqlx::query_as(
                "SELECT hash, login, access, used_on FROM token
                 WHERE id = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
            )
            .bind(&token.id)
            .bind(self.environment.clock.unix_seconds())
            .fetch_optional(&mut *moment)
            .await?
        };
        let Some((hash, login, access, used_on)) = row else { return Ok(None) };
        let is_own = said.is_none_or(|said| said.trim().to_lowercase() == login.to_lowercase());
        if !token.secret.is_behind(&hash) || !is_own {
            return Ok(None);
        }
        let today = LocalDate(now.0.date()).to_string();
        if used_on.as_ref() != Some(&today) {
            let mut transaction = self.database.write().await?;
            sqlx::query("UPDATE token SET used_on = ?2 WHERE id = ?1")
                .bind(&token.id)
                .bind(&today)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
        }
        let is_read_only = access_of(&access) == TokenAccess::ReadOnly;
        Ok(Some(Session {
            login,
            others: Vec::new(),
            device: DeviceKind::Own,
            prolonged: false,
            is_read_only,
        }))
    }
}

/// What the database does not know opens least.
fn access_of(name: &str) -> TokenAccess {
    if name == TokenAccess::Full.name() { TokenAccess::Full } else { TokenAccess::ReadOnly }
}
