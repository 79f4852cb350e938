//! Logging in and out.

use leptos::prelude::*;
use tornister_protocol::auth::{DeviceKind, Login, NewPassword, PasswordRule};
use tornister_sync::{
    message::{Ask, CHANNEL, LOGGED_OUT, Notice, Word},
    store::StoreError,
};

use super::{Phase, School, SyncStatus, start};
use crate::platform::{channel::Channel, local_storage, storage};

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
    /// The school has locked the account.
    Locked,
    /// The password is good for choosing a new one.
    NewPasswordNeeded(PasswordRules),
    /// The new password breaks these rules.
    WeakPassword(PasswordRules),
    /// No network, or the server is down.
    Unreachable,
    /// Something went wrong on the server or with this device's storage.
    Failed,
}

impl LogInError {
    fn of(notice: &Notice) -> Self {
        match notice.word {
            Word::WrongCredentials => Self::WrongCredentials,
            Word::TooManyTries => Self::TooManyTries { retry_after: notice.count.into() },
            Word::Locked => Self::Locked,
            Word::NewPasswordNeeded => Self::NewPasswordNeeded(PasswordRules::of(notice)),
            Word::WeakPassword => Self::WeakPassword(PasswordRules::of(notice)),
            Word::Unreachable => Self::Unreachable,
            _ => Self::Failed,
        }
    }
}

/// Some of the school's rules for passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// In characters.
    pub min_length: u32,
    bits: u32,
}

impl PasswordRules {
    fn of(notice: &Notice) -> Self {
        Self { min_length: notice.count, bits: notice.total }
    }

    /// The rules, in the order in which people are told of them.
    pub fn iter(self) -> impl Iterator<Item = PasswordRule> {
        PasswordRule::ALL.into_iter().filter(move |rule| self.bits & rule.bit() != 0)
    }
}

impl School {
    /// Logs in. Whoever was logged in on this device before and is somebody else leaves nothing
    /// behind; the same person keeps what is there.
    ///
    /// # Errors
    /// See [`LogInError`].
    pub async fn log_in(self, username: String, password: String) -> Result<(), LogInError> {
        let login = Login { username, password, device: DeviceKind::Own };
        self.enter(|open| Ask::LogIn { login, open }).await
    }

    /// Chooses a new password in place of the one that the school gave, and logs in with it.
    ///
    /// # Errors
    /// See [`LogInError`].
    pub async fn choose_password(
        self,
        username: String,
        password: String,
        new_password: String,
    ) -> Result<(), LogInError> {
        let password = NewPassword { username, password, new_password, device: DeviceKind::Own };
        self.enter(|open| Ask::ChoosePassword { password, open }).await
    }

    async fn enter(self, ask: impl FnOnce(Option<String>) -> Ask) -> Result<(), LogInError> {
        // Told late, it would end the session that begins now.
        self.end_forgotten_session().await;
        let desk = self.desk().ok_or(LogInError::Failed)?;
        let open = self.opened_store().map(|store| store.account().to_owned());
        let notice = desk.ask(ask(open)).await;
        if notice.word != Word::Done {
            if notice.word == Word::Failed {
                // Another person's data may be gone already.
                self.open_device().await;
            }
            return Err(LogInError::of(&notice));
        }
        local_storage::remove(FORGOTTEN_SESSION);
        self.close();
        start::set_hint(&notice.store);
        self.open_device().await;
        leptos::task::spawn_local(storage::ask_to_persist());
        if self.phase.get_untracked() == Phase::Open { Ok(()) } else { Err(LogInError::Failed) }
    }

    /// Logs out: everything of the account goes from this device at once, with or without network.
    ///
    /// # Errors
    /// Where the browser refuses to delete the data.
    pub async fn log_out(self) -> Result<(), StoreError> {
        let store = self.opened_store();
        self.tell_closed();
        self.close();
        local_storage::write(FORGOTTEN_SESSION, "1");
        if let Some(store) = store {
            store.destroy().await?;
        }
        Channel::tell(CHANNEL, LOGGED_OUT);
        self.end_forgotten_session().await;
        Ok(())
    }

    /// The worker lets go of the account.
    pub(super) fn tell_closed(self) {
        if let Some(desk) = self.desk() {
            desk.tell(Ask::Close);
        }
    }

    /// Lets go of the account without touching its data.
    pub(super) fn close(self) {
        start::remove_hint();
        self.store.set_value(None);
        self.phase.set(Phase::LoggedOut);
        self.account_name.set(String::new());
        self.username.set(String::new());
        self.status.set(SyncStatus::Idle);
        self.last_synced.set(None);
        self.pending.set(0);
        self.refused.set(Vec::new());
    }

    /// Ends the session of somebody who logged out while the server could not be told.
    pub(super) async fn end_forgotten_session(self) {
        let Some(desk) = self.desk() else { return };
        if local_storage::read(FORGOTTEN_SESSION).is_some()
            && desk.ask(Ask::EndSession).await.word == Word::Done
        {
            local_storage::remove(FORGOTTEN_SESSION);
        }
    }
}
