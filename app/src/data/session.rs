//! Logging in and out, and going from one account to another.

use leptos::prelude::*;
use tornister_protocol::{
    auth::{DeviceKind, Login, NewPassword, PasswordRule},
    id::AccountId,
};
use tornister_sync::{
    message::{self, Ask, CHANNEL, LOGGED_OUT, Notice, Word},
    store::StoreError,
};

use super::{Phase, School, SyncStatus, start};
use crate::platform::{channel::Channel, local_storage, storage};

/// The ids of accounts that have logged out here while the server could not be told, with spaces between.
const FORGOTTEN_SESSIONS: &str = "tornister.endSessions";

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
    /// The device has no room.
    Full,
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
            Word::Full => Self::Full,
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
    /// Logs in and shows that account. Whoever is logged in on this device already stays so.
    ///
    /// # Errors
    /// See [`LogInError`].
    pub async fn log_in(self, username: String, password: String) -> Result<(), LogInError> {
        self.enter(Ask::LogIn(Login { username, password, device: DeviceKind::Own, join: false })).await
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
        let password = NewPassword { username, password, new_password, device: DeviceKind::Own, join: false };
        self.enter(Ask::ChoosePassword(password)).await
    }

    async fn enter(self, ask: Ask) -> Result<(), LogInError> {
        // Told late, it would end the session that begins now.
        if !self.end_forgotten_sessions().await {
            return Err(LogInError::Unreachable);
        }
        let desk = self.desk().ok_or(LogInError::Failed)?;
        let notice = desk.ask(ask).await;
        if notice.word != Word::Done {
            return Err(LogInError::of(&notice));
        }
        self.close(Phase::Starting);
        start::set_hint(&notice.store);
        self.open_device().await;
        leptos::task::spawn_local(storage::ask_to_persist());
        if self.phase.get_untracked() == Phase::Open { Ok(()) } else { Err(LogInError::Failed) }
    }

    /// Shows the account in the store of this name, or any of this device; the login where there is none.
    pub fn show(self, store: Option<&str>) {
        self.close(Phase::Starting);
        if let Some(store) = store {
            start::set_hint(store);
        }
        leptos::task::spawn_local(self.open_device());
    }

    /// Logs the account out that is shown: everything of it goes from this device at once, with or without network.
    ///
    /// # Errors
    /// Where the browser refuses to delete the data.
    pub async fn log_out(self) -> Result<(), StoreError> {
        let Some(store) = self.opened_store() else { return Ok(()) };
        let forgotten = local_storage::read(FORGOTTEN_SESSIONS).unwrap_or_default();
        local_storage::write(FORGOTTEN_SESSIONS, &format!("{forgotten} {}", self.account_id.get_value()));
        let gone = message::about(store.account(), LOGGED_OUT);
        self.tell_closed();
        self.close(Phase::LoggedOut);
        store.destroy().await?;
        Channel::tell(CHANNEL, &gone);
        self.end_forgotten_sessions().await;
        Ok(())
    }

    /// The worker lets go of the account.
    pub(super) fn tell_closed(self) {
        if let Some(desk) = self.desk() {
            desk.tell(Ask::Close);
        }
    }

    /// Lets go of the account without touching its data.
    pub(super) fn close(self, phase: Phase) {
        start::remove_hint();
        self.store.set_value(None);
        self.folders.set_value(None);
        self.first_mails.set_value(None);
        self.phase.set(phase);
        self.account_name.set(String::new());
        self.username.set(String::new());
        self.status.set(SyncStatus::Idle);
        self.last_synced.set(None);
        self.pending.set(0);
        self.refused.set(Vec::new());
    }

    /// Some browsers delete everything after a week, the store's name too, but for the session's cookie: whom the
    /// server still knows has lost what was here. (They log in again; it may be another who sits here now.)
    pub(super) async fn look_for_session(self) {
        let is_out = || self.phase.get_untracked() == Phase::LoggedOut;
        let (Some(desk), true) = (self.desk(), is_out() && !self.storage_gone.get_untracked()) else {
            return;
        };
        let word = desk.ask(Ask::FindSession).await.word;
        self.storage_gone.set(word == Word::Done && is_out());
    }

    /// Ends the sessions of those who logged out while the server could not be told; whether it knows now.
    pub(super) async fn end_forgotten_sessions(self) -> bool {
        let (Some(desk), Some(forgotten)) = (self.desk(), local_storage::read(FORGOTTEN_SESSIONS)) else {
            return true;
        };
        let accounts = forgotten.split_whitespace().map(|id| AccountId(id.to_owned())).collect();
        let told = desk.ask(Ask::EndSessions(accounts)).await.word == Word::Done;
        if told {
            // Somebody else may have logged out meanwhile.
            let now = local_storage::read(FORGOTTEN_SESSIONS).unwrap_or_default();
            let is_told = |id: &&str| forgotten.split_whitespace().any(|told| told == *id);
            let left: Vec<_> = now.split_whitespace().filter(|id| !is_told(id)).collect();
            match left.as_slice() {
                [] => local_storage::remove(FORGOTTEN_SESSIONS),
                left => local_storage::write(FORGOTTEN_SESSIONS, &left.join(" ")),
            }
        }
        told
    }
}
