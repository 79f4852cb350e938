//! Logging in and out.

use leptos::prelude::*;
use tornister_protocol::{
    auth::{DeviceKind, Login, Refusal},
    capability,
};
use tornister_store::IdbStore;
use tornister_sync::{
    engine::AccountLink,
    json,
    store::StoreError,
    transport::{Transport as _, TransportError},
};

use super::{Phase, School, SyncStatus, start::AccountCard};
use crate::platform::{
    http::{self, HttpTransport},
    local_storage,
};

const LOGIN: &str = "/auth/login";
const LOGOUT: &str = "/auth/logout";
/// Set while a session is to be ended on the server that could not be told so yet.
const FORGOTTEN_SESSION: &str = "tornister.endSession";

/// Why a login did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogInError {
    /// Name or password is wrong.
    WrongCredentials,
    /// Too many tries.
    TooManyTries {
        /// Seconds until the next one counts.
        retry_after: u64,
    },
    /// No network, or the server is down.
    Unreachable,
    /// Something went wrong on the server or with this device's storage.
    Failed,
}

impl From<TransportError> for LogInError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Unreachable => Self::Unreachable,
            _ => Self::Failed,
        }
    }
}

impl From<StoreError> for LogInError {
    fn from(error: StoreError) -> Self {
        leptos::logging::error!("logging in: {error}");
        Self::Failed
    }
}

impl School {
    /// Logs in. Whoever was logged in on this device before and is somebody else leaves nothing
    /// behind; the same person keeps what is there.
    ///
    /// # Errors
    /// See [`LogInError`].
    pub async fn log_in(self, username: String, password: String) -> Result<(), LogInError> {
        // Told late, it would end the session that begins now.
        end_forgotten_session().await;
        let login = Login { username, password, device: DeviceKind::Own };
        let body = serde_json::to_string(&login).map_err(|_| LogInError::Failed)?;
        let (status, answer) = http::post_json(LOGIN, body).await?;
        if status != 204 {
            return Err(refusal(&answer));
        }
        local_storage::remove(FORGOTTEN_SESSION);
        let session = HttpTransport.session().await?;
        let link = AccountLink::primary(&session, capability::MAIL).ok_or(LogInError::Failed)?;
        let account = session.accounts.get(&link.account_id).ok_or(LogInError::Failed)?;
        let card = AccountCard::new(link, account.name.clone(), session.username.clone());

        let before = self.opened_store();
        let store = match before {
            Some(store) if self.username.get_untracked() == session.username => store,
            before => {
                if let Some(other) = before {
                    self.close();
                    other.destroy().await?;
                }
                IdbStore::create_new().await?
            }
        };
        card.write(&store).await?;
        self.close();
        self.open(store, card);
        Ok(())
    }

    /// Logs out: everything of the account goes from this device at once, with or without network.
    ///
    /// # Errors
    /// Where the browser refuses to delete the data.
    pub async fn log_out(self) -> Result<(), StoreError> {
        let syncer = self.syncer();
        let store = self.opened_store();
        self.close();
        local_storage::write(FORGOTTEN_SESSION, "1");
        if let Some(store) = store {
            store.destroy().await?;
        }
        if let Some(syncer) = syncer {
            syncer.tell_logged_out();
        }
        end_forgotten_session().await;
        Ok(())
    }

    /// Lets go of the account without touching its data.
    pub(super) fn close(self) {
        if let Some(syncer) = self.syncer() {
            syncer.stop();
        }
        self.syncer.set_value(None);
        self.store.set_value(None);
        self.phase.set(Phase::LoggedOut);
        self.account_name.set(String::new());
        self.username.set(String::new());
        self.status.set(SyncStatus::Idle);
        self.last_synced.set(None);
        self.pending.set(0);
        self.refused.set(Vec::new());
    }
}

/// Ends the session of somebody who logged out while the server could not be told.
pub(super) async fn end_forgotten_session() {
    if local_storage::read(FORGOTTEN_SESSION).is_none() {
        return;
    }
    if matches!(http::post_json(LOGOUT, "{}".to_owned()).await, Ok((204, _))) {
        local_storage::remove(FORGOTTEN_SESSION);
    }
}

fn refusal(answer: &[u8]) -> LogInError {
    match json::read(answer) {
        Ok(Refusal::WrongCredentials) => LogInError::WrongCredentials,
        Ok(Refusal::TooManyTries { retry_after }) => LogInError::TooManyTries { retry_after },
        Err(_) => LogInError::Failed,
    }
}
