//! Who asks.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, request::Parts},
};

use super::{Gateway, error::Error};
use crate::{
    backend::AccountAccess,
    session::{Session, cookie::Token},
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
        let token = Token::from_headers(&parts.headers).ok_or(Error::NotLoggedIn)?;
        let session = gateway.sessions.find(&token).await?.ok_or(Error::NotLoggedIn)?;
        let accounts = gateway.school.accounts(&session.login).await?;
        if accounts.is_empty() {
            return Err(Error::NotLoggedIn);
        }
        let cookie = session.prolonged.then(|| token.set_cookie(session.device)).flatten();
        Ok(Self { session, accounts, cookie })
    }
}
