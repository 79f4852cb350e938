//! Logging in, choosing a password and ending sessions.

use tornister_protocol::{
    auth::{Login, Logout, NewPassword, PasswordNeeds, Refusal},
    capability,
    id::AccountId,
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

/// An account on this device: its store, and whose it is.
pub type Account = (IdbStore, AccountCard);

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
            Self::Store(StoreError::QuotaExceeded) => plain(Word::Full),
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

/// Logs in. Whoever is logged in on this device stays so, and keeps what is there.
///
/// # Errors
/// See [`LogInError`].
pub async fn log_in(login: Login) -> Result<Account, LogInError> {
    let here = accounts_here().await?;
    let login = Login { join: !here.is_empty(), ..login };
    enter(LOGIN, serde_json::to_string(&login), &login.username, here).await
}

/// Sets a new password and logs in with it, otherwise as [`log_in`].
///
/// # Errors
/// See [`LogInError`].
pub async fn choose_password(password: NewPassword) -> Result<Account, LogInError> {
    let here = accounts_here().await?;
    let password = NewPassword { join: !here.is_empty(), ..password };
    enter(PASSWORD, serde_json::to_string(&password), &password.username, here).await
}

/// All accounts on this device. What a login left half done is cleared away.
async fn accounts_here() -> Result<Vec<Account>, StoreError> {
    let mut here = Vec::new();
    for name in accounts().await? {
        match open(&name).await? {
            Some(account) => here.push(account),
            None => IdbStore::clear_away(&name).await?,
        }
    }
    Ok(here)
}

/// Opens the account in the store of this name; `None` where it is not whole.
///
/// # Errors
/// Where the device cannot be read.
pub async fn open(name: &str) -> Result<Option<Account>, StoreError> {
    let Some(store) = IdbStore::open(name).await? else { return Ok(None) };
    let card = AccountCard::read(&store).await?;
    Ok(card.map(|card| (store, card)))
}

async fn enter(
    url: &str,
    body: serde_json::Result<String>,
    username: &str,
    here: Vec<Account>,
) -> Result<Account, LogInError> {
    let (status, answer) = http::post_json(url, body.map_err(|_| LogInError::Unusable)?).await?;
    if status != 204 {
        return Err(json::read(&answer).map_or(LogInError::Unusable, LogInError::Refused));
    }
    let session = HttpTransport.session().await?;
    let mut entered = None;
    for card in AccountCard::all_of(&session, capability::MAIL) {
        let before = here.iter().find(|(_, before)| before.account_id == card.account_id);
        // A school may know somebody by another name than the one that was typed.
        let likely = (card.username.eq_ignore_ascii_case(username.trim()), before.is_none());
        let store = match before {
            Some((store, _)) => store.clone(),
            None => IdbStore::create_new(KeyPolicy::Kept).await?,
        };
        card.write(&store).await?;
        if entered.as_ref().is_none_or(|(before, _)| likely > *before) {
            entered = Some((likely, (store, card)));
        }
    }
    entered.map(|(_, account)| account).ok_or(LogInError::Unusable)
}

/// Whether the server knows this browser: [`Word::Done`] where it does.
pub async fn find_session() -> Word {
    match HttpTransport.session().await {
        Ok(_session) => Word::Done,
        Err(TransportError::LoggedOut) => Word::LoggedOut,
        Err(_) => Word::Unreachable,
    }
}

/// Ends the sessions of these accounts; whether the server was told.
pub async fn end_sessions(accounts: Vec<AccountId>) -> bool {
    for account_id in accounts {
        let body = serde_json::to_string(&Logout { account_id: Some(account_id) }).unwrap_or_default();
        if !matches!(http::post_json(LOGOUT, body).await, Ok((204, _))) {
            return false;
        }
    }
    true
}
