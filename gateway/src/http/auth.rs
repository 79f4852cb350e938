//! Login, new passwords and logout.

use std::net::IpAddr;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header::SET_COOKIE},
    response::{IntoResponse as _, Response},
};
use tornister_protocol::auth::{DeviceKind, Login, Logout, NewPassword, Refusal};

use super::{Gateway, error::Error, origin::ClientAddress};
use crate::backend::Authentication;
use crate::session::{
    Session,
    cookie::{self, Token},
    credential::Credential,
};

/// `POST /auth/login`.
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
    let person = match check(&gateway, address, &login.username, &login.password).await? {
        Authentication::Welcome(person) => person,
        Authentication::NewPasswordNeeded(_, needs) => {
            return Err(Error::Refused(Refusal::NewPasswordNeeded(needs)));
        }
        Authentication::Locked => return Err(Error::Refused(Refusal::Locked)),
        Authentication::Refused => return Err(Error::Refused(Refusal::WrongCredentials)),
    };
    begin(&gateway, &headers, &person, login.device, login.join).await
}

/// `POST /auth/password`: a new password for the old one, or for the first one that the school gave (R7).
/// All sessions of this person end (R9), and one begins here.
pub async fn password(
    State(gateway): State<Gateway>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let wanted: NewPassword = serde_json::from_slice(&body).map_err(|_| {
        Error::BadRequest(
            "expected {\"username\": …, \"password\": …, \"newPassword\": …, \"device\": …}".to_owned(),
        )
    })?;
    let person = match check(&gateway, address, &wanted.username, &wanted.password).await? {
        Authentication::Welcome(person) | Authentication::NewPasswordNeeded(person, _) => person,
        Authentication::Locked => return Err(Error::Refused(Refusal::Locked)),
        Authentication::Refused => return Err(Error::Refused(Refusal::WrongCredentials)),
    };
    let chosen = gateway.school.choose_password(&person, &wanted.password, &wanted.new_password).await?;
    chosen.map_err(|needs| Error::Refused(Refusal::WeakPassword(needs)))?;
    gateway.sessions.end_all(&person).await?;
    begin(&gateway, &headers, &person, wanted.device, wanted.join).await
}

/// Asks the school what a password is good for, at the pace that guessing is allowed.
async fn check(
    gateway: &Gateway,
    address: Option<IpAddr>,
    username: &str,
    password: &str,
) -> Result<Authentication, Error> {
    let now = gateway.environment.clock.unix_seconds();
    let attempt = gateway
        .brake
        .attempt(username, address, now)
        .map_err(|retry_after| Error::Refused(Refusal::TooManyTries { retry_after }))?;
    let answer = gateway.school.authenticate(username, password).await?;
    if answer != Authentication::Refused {
        attempt.succeeded();
    }
    Ok(answer)
}

/// Begins a session in place of the one that the browser had, or takes its people along: the token is
/// another in any case, so one that was planted in the browser is worthless.
async fn begin(
    gateway: &Gateway,
    headers: &HeaderMap,
    person: &str,
    device: DeviceKind,
    joins: bool,
) -> Result<Response, Error> {
    let old = Token::from_headers(headers);
    if let (Some(old), false) = (&old, joins) {
        gateway.sessions.end(old).await?;
    }
    let (token, device) = gateway.sessions.begin(person, device, old.as_ref().filter(|_| joins)).await?;
    Ok(no_content(token.set_cookie(device)))
}

/// `POST /auth/logout`, also without a session.
pub async fn logout(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let wanted: Option<Logout> = if body.is_empty() { Ok(None) } else { serde_json::from_slice(&body) }
        .map_err(|_| Error::BadRequest("expected nothing, {} or {\"accountId\": …}".to_owned()))?;
    let Some(token) = Token::from_headers(&headers) else { return Ok(no_content(cookie::expired())) };
    let Some(account) = wanted.and_then(|wanted| wanted.account_id) else {
        gateway.sessions.end(&token).await?;
        return Ok(no_content(cookie::expired()));
    };
    let session = gateway.sessions.find(&Credential::Cookie(token.clone())).await?;
    let mut stay = 0;
    for login in session.iter().flat_map(Session::logins) {
        if gateway.school.accounts(login).await?.iter().any(|other| other.id == account) {
            gateway.sessions.leave(&token, login).await?;
        } else {
            stay += 1;
        }
    }
    Ok(no_content(if stay > 0 { None } else { cookie::expired() }))
}

fn no_content(cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
