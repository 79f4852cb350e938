//! Logging in, choosing a password and ending a session.

use tornister_protocol::{
    auth::{Login, NewPassword, PasswordNeeds, Refusal},
    capability,
};
use tornister_store::{IdbStore, KeyPolicy, accounts};
use tornister_sync::{
    account::AccountCard,
    json,
    message::{Notice, Word},
    store::StoreError,
    transport::{Transport as _, TransportError},
};

use crate::{
    console,
    http::{self, HttpTransport},
};

const LOGIN: &str = "/auth/login";
const PASSWORD: &str = "/auth/password";
const LOGOUT: &str = "/auth/logout";

/// Why a login did not succeed.
pub enum LogInError {
    /// Name or password is wrong, or one has to wait.
    Refused(Refusal),
    /// The server.
    Transport(TransportError),
    /// The device.
    Store(StoreError),
    /// The server knows nothing to show to this user, or says what nobody understands.
    Unusable,
}

impl From<TransportError> for LogInError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl From<StoreError> for LogInError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl LogInError {
    /// What the page is told, as the answer to an order.
    pub fn notice(&self, number: u32) -> Notice {
        let plain = |word| Notice::new(number, word);
        match self {
            Self::Refused(Refusal::WrongCredentials) => plain(Word::WrongCredentials),
            Self::Refused(Refusal::TooManyTries { retry_after }) => {
                Notice { count: u32::try_from(*retry_after).unwrap_or(u32::MAX), ..plain(Word::TooManyTries) }
            }
            Self::Refused(Refusal::Locked) => plain(Word::Locked),
            Self::Refused(Refusal::NewPasswordNeeded(needs)) => {
                with_needs(plain(Word::NewPasswordNeeded), needs)
            }
            Self::Refused(Refusal::WeakPassword(needs)) => with_needs(plain(Word::WeakPassword), needs),
            Self::Transport(TransportError::Unreachable) => plain(Word::Unreachable),
            Self::Transport(error) => {
                console::error("logging in", error);
                plain(Word::Failed)
            }
            Self::Store(error) => {
                console::error("logging in", error);
                plain(Word::Failed)
            }
            Self::Unusable => plain(Word::Failed),
        }
    }
}

fn with_needs(notice: Notice, needs: &PasswordNeeds) -> Notice {
    let bits = needs.rules.iter().fold(0, |bits, rule| bits | rule.bit());
    Notice { count: needs.min_length, total: bits, ..notice }
}

/// Logs in. `open` is the store that the page shows: the same person keeps what is there, of
/// anybody else nothing stays on this device.
///
/// # Errors
/// See [`LogInError`].
pub async fn log_in(login: &Login, open: Option<&str>) -> Result<(IdbStore, AccountCard), LogInError> {
    enter(LOGIN, serde_json::to_string(login), open).await
}

/// Sets a new password and logs in with it, otherwise as [`log_in`].
///
/// # Errors
/// See [`LogInError`].
pub async fn choose_password(
    password: &NewPassword,
    open: Option<&str>,
) -> Result<(IdbStore, AccountCard), LogInError> {
    enter(PASSWORD, serde_json::to_string(password), open).await
}

async fn enter(
    url: &str,
    body: serde_json::Result<String>,
    open: Option<&str>,
) -> Result<(IdbStore, AccountCard), LogInError> {
    let (status, answer) = http::post_json(url, body.map_err(|_| LogInError::Unusable)?).await?;
    if status != 204 {
        return Err(json::read(&answer).map_or(LogInError::Unusable, LogInError::Refused));
    }
    let card =
        AccountCard::of(HttpTransport.session().await?, capability::MAIL).ok_or(LogInError::Unusable)?;
    let mut kept = None;
    for name in accounts().await? {
        if open == Some(name.as_str())
            && let Some(store) = IdbStore::open(&name).await?
            && AccountCard::read(&store).await?.is_some_and(|before| before.username == card.username)
        {
            kept = Some(store);
        } else {
            IdbStore::destroy_unopened(&name).await?;
        }
    }
    let store = match kept {
        Some(store) => store,
        None => IdbStore::create_new(KeyPolicy::Kept).await?,
    };
    card.write(&store).await?;
    Ok((store, card))
}

/// Ends the session; whether the server was told.
pub async fn end_session() -> bool {
    matches!(http::post_json(LOGOUT, "{}".to_owned()).await, Ok((204, _)))
}
