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

/// Why `/auth/login` refused, as the JSON body of a 401 or 429: `{"reason":"wrongCredentials"}` or
/// `{"reason":"tooManyTries","retryAfter":30}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RefusalBody", into = "RefusalBody")]
pub enum Refusal {
    /// No such user, or not this password; which of the two is not told.
    WrongCredentials,
    /// Too many tries; the next one counts only after this many seconds.
    TooManyTries {
        /// Seconds from now.
        retry_after: u64,
    },
}

/// A refusal as it travels. A struct, because tagged enums cost the phone a buffering parser.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefusalBody {
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

impl TryFrom<RefusalBody> for Refusal {
    type Error = &'static str;

    fn try_from(body: RefusalBody) -> Result<Self, Self::Error> {
        match (body.reason.as_str(), body.retry_after) {
            ("wrongCredentials", _) => Ok(Self::WrongCredentials),
            ("tooManyTries", Some(retry_after)) => Ok(Self::TooManyTries { retry_after }),
            _ => Err("not a known reason"),
        }
    }
}

impl From<Refusal> for RefusalBody {
    fn from(refusal: Refusal) -> Self {
        let (reason, retry_after) = match refusal {
            Refusal::WrongCredentials => ("wrongCredentials", None),
            Refusal::TooManyTries { retry_after } => ("tooManyTries", Some(retry_after)),
        };
        Self { reason: reason.to_owned(), retry_after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_travels_in_its_documented_form() {
        for (refusal, text) in [
            (Refusal::WrongCredentials, r#"{"reason":"wrongCredentials"}"#),
            (Refusal::TooManyTries { retry_after: 30 }, r#"{"reason":"tooManyTries","retryAfter":30}"#),
        ] {
            assert_eq!(serde_json::to_string(&refusal).unwrap(), text);
            assert_eq!(serde_json::from_str::<Refusal>(text).unwrap(), refusal);
        }
    }
}
