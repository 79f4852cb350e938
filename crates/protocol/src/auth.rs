//! Login and logout: plain HTTP beside JMAP, which leaves authentication open (RFC 8620 §8.2).

use serde::{Deserialize, Serialize};

/// What the login form sends: `POST /auth/login`. Answered by 204 and a session cookie, or by a
/// [`Refusal`]. `Debug` leaves the password out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The school login, such as `lena.sommer`; case does not matter.
    pub username: String,
    /// Checked and forgotten; never stored, never logged (R6).
    pub password: String,
    /// Whose device this is (R10).
    #[serde(default)]
    pub device: DeviceKind,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Whose device somebody logs in on (R10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeviceKind {
    /// The pupil's own: stays logged in.
    #[default]
    Own,
    /// A school computer: nothing outlives the session.
    Shared,
}

/// Why `/auth/login` refused, as the JSON body of a 401 or 429.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "reason")]
pub enum Refusal {
    /// No such user, or not this password; which of the two is not told.
    WrongCredentials,
    /// Too many tries; the next one counts only after this many seconds.
    #[serde(rename_all = "camelCase")]
    TooManyTries {
        /// Seconds from now.
        retry_after: u64,
    },
}
