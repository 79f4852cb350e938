//! The cookie that carries a session's token.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use tornister_protocol::auth::DeviceKind;

use super::{OWN_SECONDS, secret::Secret};
use crate::environment::Random;

/// `__Host-` makes browsers insist on Secure, on this host alone and on the whole path.
const NAME: &str = "__Host-tornister";
/// A session's secret, in its cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Secret);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// Where there is no randomness.
    pub fn new(random: &dyn Random) -> std::io::Result<Self> {
        Secret::new(random).map(Self)
    }

    /// What the database knows of it.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        self.0.hash()
    }

    /// The token that a request carries.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, text) = pairs.find(|(name, _)| *name == NAME)?;
        Secret::from_hex(text).map(Self)
    }

    /// The `Set-Cookie` that gives it to a browser. A shared device forgets it when the browser closes.
    #[must_use]
    pub fn set_cookie(&self, device: DeviceKind) -> Option<HeaderValue> {
        let value = self.0.to_hex();
        let age = match device {
            DeviceKind::Own => format!("; Max-Age={OWN_SECONDS}"),
            DeviceKind::Shared => String::new(),
        };
        let mut header = HeaderValue::try_from(format!("{NAME}={value}{ATTRIBUTES}{age}")).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Strict";

/// The `Set-Cookie` that makes a browser forget its token.
#[must_use]
pub fn expired() -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{NAME}={ATTRIBUTES}; Max-Age=0")).ok()
}
