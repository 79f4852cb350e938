//! Login and logout.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header::SET_COOKIE},
    response::{IntoResponse as _, Response},
};
use tornister_protocol::auth::{Login, Refusal};

use super::{Gateway, error::Error, origin::ClientAddress};
use crate::session::cookie::{self, Token};

/// `POST /auth/login`. A session that the browser had before ends: a token planted in it is worthless.
pub async fn login(
    State(gateway): State<Gateway>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    // The parser's own words could repeat the password.
    let login: Login = serde_json::from_slice(&body).map_err(|_| {
        Error::BadRequest(
            "expected {\"username\": …, \"password\": …, \"device\": \"own\" or \"shared\"}".to_owned(),
        )
    })?;
    let now = gateway.environment.clock.unix_seconds();
    let attempt = gateway
        .brake
        .attempt(&login.username, address, now)
        .map_err(|retry_after| Error::Refused(Refusal::TooManyTries { retry_after }))?;
    let person = gateway.school.authenticate(&login.username, &login.password).await?;
    let person = person.ok_or(Error::Refused(Refusal::WrongCredentials))?;
    gateway.brake.succeeded(&attempt);

    if let Some(old) = Token::from_headers(&headers) {
        gateway.sessions.end(&old).await?;
    }
    let token = gateway.sessions.begin(&person, login.device).await?;
    Ok(no_content(token.set_cookie(login.device)))
}

/// `POST /auth/logout`, also without a session.
pub async fn logout(State(gateway): State<Gateway>, headers: HeaderMap) -> Result<Response, Error> {
    if let Some(token) = Token::from_headers(&headers) {
        gateway.sessions.end(&token).await?;
    }
    Ok(no_content(cookie::expired()))
}

fn no_content(cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
