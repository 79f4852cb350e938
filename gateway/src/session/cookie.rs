//! The cookie that carries a session's token.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use sha2::{Digest as _, Sha256};
use tornister_protocol::auth::DeviceKind;

use super::OWN_SECONDS;
use crate::environment::Random;

/// `__Host-` makes browsers insist on Secure, on this host alone and on the whole path.
const NAME: &str = "__Host-tornister";
const BYTES: usize = 32;

/// 256 random bits. `Debug` hides them.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; BYTES]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// Where there is no randomness.
    pub fn new(random: &dyn Random) -> std::io::Result<Self> {
        let mut bytes = [0; BYTES];
        random.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// What the database knows of it.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }

    /// The token that a request carries.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, text) = pairs.find(|(name, _)| *name == NAME)?;
        if text.len() != 2 * BYTES || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; BYTES];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The `Set-Cookie` that gives it to a browser. A shared device forgets it when the browser closes.
    #[must_use]
    pub fn set_cookie(&self, device: DeviceKind) -> Option<HeaderValue> {
        let value: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
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
