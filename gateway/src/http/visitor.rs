//! Who asks.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, request::Parts},
};

use super::{Gateway, error::Error};
use crate::{
    backend::{AccountAccess, BackendError},
    session::{Session, credential::Credential},
};

/// Somebody who is logged in, or several at one device, and what they may see.
pub struct Visitor {
    /// The session.
    pub session: Session,
    /// Never empty.
    pub accounts: Vec<AccountAccess>,
    /// To be set anew, where the session was prolonged.
    pub cookie: Option<HeaderValue>,
}

impl FromRequestParts<Gateway> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Error> {
        let credential = Credential::from_headers(&parts.headers).ok_or(Error::NotLoggedIn)?;
        let session = gateway.sessions.find(&credential).await?.ok_or(Error::NotLoggedIn)?;
        let mut accounts = accounts(gateway, &session).await?;
        if accounts.is_empty() {
            return Err(Error::NotLoggedIn);
        }
        if session.is_read_only {
            for account in &mut accounts {
                account.access = account.access.clone().read_only();
            }
        }
        let cookie = session.prolonged.then(|| credential.set_cookie(session.device)).flatten();
        Ok(Self { session, accounts, cookie })
    }
}

/// What those who are logged in may see, each account once.
///
/// # Errors
/// See [`BackendError`].
pub async fn accounts(gateway: &Gateway, session: &Session) -> Result<Vec<AccountAccess>, BackendError> {
    let mut all: Vec<AccountAccess> = Vec::new();
    for login in session.logins() {
        for account in gateway.school.accounts(login).await? {
            if !all.iter().any(|other| other.id == account.id) {
                all.push(account);
            }
        }
    }
    Ok(all)
}
