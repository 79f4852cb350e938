//! Logging in and ending a session.

use tornister_protocol::{
    auth::{Login, Refusal},
    capability,
};
use tornister_store::{IdbStore, KeyPolicy, accounts};
use tornister_sync::{
    account::AccountCard,
    json,
    message::Word,
    store::StoreError,
    transport::{Transport as _, TransportError},
};

use crate::{
    console,
    http::{self, HttpTransport},
};

const LOGIN: &str = "/auth/login";
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
    /// What the page is told, and the seconds to wait.
    pub fn word(&self) -> (Word, u32) {
        match self {
            Self::Refused(Refusal::WrongCredentials) => (Word::WrongCredentials, 0),
            Self::Refused(Refusal::TooManyTries { retry_after }) => {
                (Word::TooManyTries, u32::try_from(*retry_after).unwrap_or(u32::MAX))
            }
            Self::Transport(TransportError::Unreachable) => (Word::Unreachable, 0),
            Self::Transport(error) => {
                console::error("logging in", error);
                (Word::Failed, 0)
            }
            Self::Store(error) => {
                console::error("logging in", error);
                (Word::Failed, 0)
            }
            Self::Unusable => (Word::Failed, 0),
        }
    }
}

/// Logs in. `open` is the store that the page shows: the same person keeps what is there, of
/// anybody else nothing stays on this device.
///
/// # Errors
/// See [`LogInError`].
pub async fn log_in(login: &Login, open: Option<&str>) -> Result<(IdbStore, AccountCard), LogInError> {
    let body = serde_json::to_string(login).map_err(|_| LogInError::Unusable)?;
    let (status, answer) = http::post_json(LOGIN, body).await?;
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
