//! With what a request says who sends it.

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tornister_protocol::auth::DeviceKind;

use super::{cookie::Token, token::AppToken};

/// What a request carries. Not yet checked.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A browser's, by the app.
    Cookie(Token),
    /// Another client's.
    AppPassword {
        /// Itself.
        token: AppToken,
        /// Whose it shall be, with `Basic`.
        login: Option<String>,
    },
}

impl Credential {
    /// The credential of a request: what it says in `Authorization` (RFC 9110 §11.6.2) goes before a cookie.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        match headers.get(AUTHORIZATION) {
            Some(value) => app_password(value),
            None => Token::from_headers(headers).map(Self::Cookie),
        }
    }

    /// The `Set-Cookie` that prolongs it in a browser.
    #[must_use]
    pub fn set_cookie(&self, device: DeviceKind) -> Option<HeaderValue> {
        match self {
            Self::Cookie(token) => token.set_cookie(device),
            Self::AppPassword { .. } => None,
        }
    }
}

fn app_password(value: &HeaderValue) -> Option<Credential> {
    let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Credential::AppPassword { token: rest.parse().ok()?, login: None });
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let (login, token) = pair.split_once(':')?;
    Some(Credential::AppPassword { token: token.parse().ok()?, login: Some(login.to_owned()) })
}
