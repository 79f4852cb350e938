//! Who asks.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, request::Parts},
};

use super::{Gateway, error::Error};
use crate::{
    backend::AccountAccess,
    session::{Session, credential::Credential},
};

/// Somebody who is logged in, and what they may see.
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
        let mut accounts = gateway.school.accounts(&session.login).await?;
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
