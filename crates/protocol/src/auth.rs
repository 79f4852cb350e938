//! Login and logout: plain HTTP beside JMAP, which leaves authentication open (RFC 8620 §8.2).

use serde::{Deserialize, Serialize};

use crate::id::AccountId;

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
    /// Whether those who are logged in with the same cookie stay so: a second child on a family's tablet.
    /// Else their session ends.
    #[serde(default)]
    pub join: bool,
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

/// What the form for a new password sends: `POST /auth/password`. Answered by 204 and the cookie of a new
/// session, while all other sessions of this person end (R9); or by a [`Refusal`]. `Debug` leaves the
/// passwords out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPassword {
    /// As in [`Login`].
    pub username: String,
    /// The password so far, often the first one that the school gave (R7).
    pub password: String,
    /// The password from now on.
    pub new_password: String,
    /// Whose device this is (R10).
    #[serde(default)]
    pub device: DeviceKind,
    /// As in [`Login`].
    #[serde(default)]
    pub join: bool,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPassword").field("username", &self.username).finish_non_exhaustive()
    }
}

/// What `POST /auth/logout` takes. Answered by 204, whoever was logged in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logout {
    /// Whose account it is that logs out; the others who are logged in with the same cookie stay so. Without
    /// it all of them log out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
}

/// What a school can ask of a password (R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PasswordRule {
    /// At least [`PasswordNeeds::min_length`] characters.
    Length,
    /// A lower-case letter.
    LowerCase,
    /// An upper-case letter.
    UpperCase,
    /// A digit.
    Digit,
    /// Something that is neither letter nor digit.
    SpecialCharacter,
    /// Neither the login nor the person's name in it.
    NotTheName,
    /// Another one than before.
    NotTheOld,
}

impl PasswordRule {
    /// All rules, in the order in which people are told of them.
    pub const ALL: [Self; 7] = [
        Self::Length,
        Self::LowerCase,
        Self::UpperCase,
        Self::Digit,
        Self::SpecialCharacter,
        Self::NotTheName,
        Self::NotTheOld,
    ];

    /// One bit for each rule: several of them fit into a number.
    #[must_use]
    pub fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// What a new password has to have, or what one lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordNeeds {
    /// In characters.
    pub min_length: u32,
    /// The rules that are meant.
    pub rules: Vec<PasswordRule>,
}

/// Why `/auth/login` or `/auth/password` refused, as the JSON body of a 401, 403, 422 or 429:
/// `{"reason":"wrongCredentials"}`, `{"reason":"locked"}`, `{"reason":"tooManyTries","retryAfter":30}`, or
/// `{"reason":"weakPassword","minLength":8,"rules":["length","digit"]}`.
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
    /// The password is right, and the school has locked the account (R12).
    Locked,
    /// The password is right and good for one thing only: choosing a new one, which has to fulfil these
    /// rules (R7).
    NewPasswordNeeded(PasswordNeeds),
    /// The new password does not fulfil these rules.
    WeakPassword(PasswordNeeds),
}

/// A refusal as it travels. A struct, because tagged enums cost the phone a buffering parser.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefusalBody {
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_length: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<PasswordRule>,
}

impl TryFrom<RefusalBody> for Refusal {
    type Error = &'static str;

    fn try_from(body: RefusalBody) -> Result<Self, Self::Error> {
        let needs = PasswordNeeds { min_length: body.min_length.unwrap_or_default(), rules: body.rules };
        match (body.reason.as_str(), body.retry_after) {
            ("wrongCredentials", _) => Ok(Self::WrongCredentials),
            ("tooManyTries", Some(retry_after)) => Ok(Self::TooManyTries { retry_after }),
            ("locked", _) => Ok(Self::Locked),
            ("newPasswordNeeded", _) => Ok(Self::NewPasswordNeeded(needs)),
            ("weakPassword", _) => Ok(Self::WeakPassword(needs)),
            _ => Err("not a known reason"),
        }
    }
}

impl From<Refusal> for RefusalBody {
    fn from(refusal: Refusal) -> Self {
        let (reason, retry_after, needs) = match refusal {
            Refusal::WrongCredentials => ("wrongCredentials", None, None),
            Refusal::TooManyTries { retry_after } => ("tooManyTries", Some(retry_after), None),
            Refusal::Locked => ("locked", None, None),
            Refusal::NewPasswordNeeded(needs) => ("newPasswordNeeded", None, Some(needs)),
            Refusal::WeakPassword(needs) => ("weakPassword", None, Some(needs)),
        };
        let (min_length, rules) = needs.map(|needs| (needs.min_length, needs.rules)).unzip();
        Self { reason: reason.to_owned(), retry_after, min_length, rules: rules.unwrap_or_default() }
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
            (Refusal::Locked, r#"{"reason":"locked"}"#),
            (
                Refusal::WeakPassword(PasswordNeeds {
                    min_length: 8,
                    rules: vec![PasswordRule::Length, PasswordRule::SpecialCharacter],
                }),
                r#"{"reason":"weakPassword","minLength":8,"rules":["length","specialCharacter"]}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&refusal).unwrap(), text);
            assert_eq!(serde_json::from_str::<Refusal>(text).unwrap(), refusal);
        }
    }
}
