//! The context that every screen gets.

use std::rc::Rc;

use leptos::prelude::*;
use tornister_protocol::{
    id::{EmailId, TaskId},
    mail::{EmailBodyPart, Mailbox},
    tasks::Progress,
    time::{LocalDateTime, UtcDate},
};
use tornister_store::IdbStore;
use tornister_sync::{
    message::{self, Ask, CHANNEL, Notice, Word},
    outbox::Change,
    read::{self, RefusedChange},
    store::{Store as _, StoreError},
};

use super::{
    desk::Desk,
    known::{FirstMails, Known},
    live::Versions,
    start,
};
use crate::platform::{channel::Channel, clock, service_worker};

/// Reads what the device has.
pub type Reader = read::Reader<IdbStore>;

/// Where the app is as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The device's data is being opened.
    Starting,
    /// Nobody is logged in on this device.
    LoggedOut,
    /// There is a school to show, perhaps without network.
    Open,
    /// The device's data cannot be opened.
    Broken(StartError),
}

/// Why the device's data cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// The browser keeps no data here: a private window, or storage is switched off.
    NoStorage,
    /// A newer app has upgraded the data, here or in another tab: this page has to load anew.
    Outdated,
}

/// What syncing is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncStatus {
    /// Everything was fine the last time.
    Idle,
    /// At work; the numbers count objects of a first sync.
    Syncing {
        /// Fetched.
        done: u32,
        /// In all; 0 where nobody knows.
        total: u32,
    },
    /// The server cannot be reached.
    Offline,
    /// The session has ended: what is here can be read, nothing new comes until a new login.
    LoggedOut,
    /// The device has no room, and nothing is left that could be given up.
    Full,
    /// Something went wrong; it is tried again.
    Failed,
}

/// Why something that is not kept on the device cannot be fetched now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The server cannot be reached.
    Offline,
    /// Something else; trying again later may help.
    Failed,
}

/// The school on this device.
#[derive(Clone, Copy)]
pub struct School {
    pub(super) phase: RwSignal<Phase>,
    pub(super) account_id: StoredValue<String>,
    pub(super) account_name: RwSignal<String>,
    pub(super) username: RwSignal<String>,
    pub(super) folders: StoredValue<Option<Known<Vec<Mailbox>>>>,
    pub(super) first_mails: StoredValue<Option<Known<FirstMails>>>,
    pub(super) status: RwSignal<SyncStatus>,
    pub(super) last_synced: RwSignal<Option<UtcDate>>,
    pub(super) pending: RwSignal<usize>,
    pub(super) refused: RwSignal<Vec<RefusedChange>>,
    pub(super) now: RwSignal<LocalDateTime>,
    pub(super) update_ready: RwSignal<bool>,
    pub(super) storage_gone: RwSignal<bool>,
    pub(super) versions: Versions,
    pub(super) store: StoredValue<Option<IdbStore>, LocalStorage>,
    /// Whether somebody has written since the store was being opened.
    pub(super) overtaken: StoredValue<bool>,
    pub(super) desk: StoredValue<Option<Rc<Desk>>, LocalStorage>,
}

impl School {
    pub(super) fn empty() -> Self {
        Self {
            phase: RwSignal::new(Phase::Starting),
            account_id: StoredValue::default(),
            account_name: RwSignal::default(),
            username: RwSignal::default(),
            folders: StoredValue::default(),
            first_mails: StoredValue::default(),
            status: RwSignal::new(SyncStatus::Idle),
            last_synced: RwSignal::new(None),
            pending: RwSignal::new(0),
            refused: RwSignal::default(),
            now: RwSignal::new(clock::local()),
            update_ready: RwSignal::new(false),
            storage_gone: RwSignal::new(false),
            versions: Versions::new(),
            store: StoredValue::new_local(None),
            overtaken: StoredValue::new(false),
            desk: StoredValue::new_local(None),
        }
    }

    /// The context.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Where the app is as a whole. Whatever asks for this and the following within a view or an effect is done again
    /// when it changes.
    #[must_use]
    pub fn phase(self) -> Phase {
        self.phase.get()
    }

    /// The pupil's name, as people write it.
    #[must_use]
    pub fn account_name(self) -> String {
        self.account_name.get()
    }

    /// The login, such as `lena.sommer`.
    #[must_use]
    pub fn username(self) -> String {
        self.username.get()
    }

    /// What syncing is about.
    #[must_use]
    pub fn sync(self) -> SyncStatus {
        self.status.get()
    }

    /// When everything was last up to date.
    #[must_use]
    pub fn last_synced(self) -> Option<UtcDate> {
        self.last_synced.get()
    }

    /// How many changes of the user's wait to be sent.
    #[must_use]
    pub fn pending(self) -> usize {
        self.pending.get()
    }

    /// What the server refused and the user has not seen yet.
    #[must_use]
    pub fn refused(self) -> Vec<RefusedChange> {
        self.refused.get()
    }

    /// The time on the wall, to the minute.
    #[must_use]
    pub fn now(self) -> LocalDateTime {
        self.now.get()
    }

    /// Whether a newer app waits to be used.
    #[must_use]
    pub fn update_ready(self) -> bool {
        self.update_ready.get()
    }

    /// Whether somebody was logged in here and the browser has deleted everything since.
    #[must_use]
    pub fn storage_gone(self) -> bool {
        self.storage_gone.get()
    }

    /// Puts the newer app to use; the page loads anew.
    pub fn apply_update(self) {
        service_worker::activate_update();
    }

    /// Whether this device probably has an account, known before anything is opened.
    #[must_use]
    pub fn probably_open() -> bool {
        start::hint().is_some()
    }

    /// Syncs now; where a sync is under way, once more after it.
    pub fn sync_now(self) {
        self.tell(Ask::Sync);
    }

    /// Sets or removes a mail's keyword, here at once and on the server as soon as possible.
    pub fn set_keyword(self, email: &EmailId, keyword: &str, present: bool) {
        let change = Change::Keyword { email_id: email.0.clone(), keyword: keyword.to_owned(), present };
        leptos::task::spawn_local(async move {
            self.change(change).await;
        });
    }

    /// Sets how far a homework is, here at once and on the server as soon as possible. Whether the device has
    /// kept it; if not, the page says why.
    pub async fn set_progress(self, task: &TaskId, progress: Progress) -> bool {
        self.change(Change::Progress { task_id: task.0.clone(), progress }).await
    }

    /// Queued by the page itself: what the user saw happen is safe, even if the page goes now.
    async fn change(self, change: Change) -> bool {
        let Some(store) = self.opened_store() else { return false };
        let kind = change.target().map(|(data_type, _)| data_type.kind());
        let mut queued = store.enqueue(change.clone()).await;
        // What the user does is worth more than any attachment.
        while matches!(queued, Err(StoreError::QuotaExceeded)) && self.fetch(Ask::MakeRoom).await.is_ok() {
            queued = store.enqueue(change.clone()).await;
        }
        let kept = queued.is_ok();
        match queued {
            Ok(Some(_)) => {
                // This page hears it too.
                let kinds: Vec<_> = kind.into_iter().collect();
                Channel::tell(CHANNEL, &message::written(store.account(), &kinds));
                self.tell(Ask::Queued);
            }
            Ok(None) => {}
            Err(StoreError::QuotaExceeded) => self.status.set(SyncStatus::Full),
            Err(error) => {
                leptos::logging::error!("writing to the device: {error}");
                self.status.set(SyncStatus::Failed);
            }
        }
        kept
    }

    /// Forgets refused changes of these numbers, which the user has seen.
    pub fn dismiss_refused(self, rows: Vec<u64>) {
        self.tell(Ask::Dismiss(rows));
    }

    /// Fetches the text of a mail that is not kept on the device, and keeps it.
    ///
    /// # Errors
    /// Where it cannot be fetched now.
    pub async fn fetch_body(self, email: EmailId) -> Result<(), FetchError> {
        self.fetch(Ask::FetchBody(email)).await
    }

    /// The bytes of an attachment or picture: from the device, else fetched and kept.
    ///
    /// # Errors
    /// Where they are not on the device and cannot be fetched now.
    pub async fn blob(self, email: &EmailId, part: &EmailBodyPart) -> Result<Vec<u8>, FetchError> {
        let (Some(store), Some(blob)) = (self.opened_store(), &part.blob_id) else {
            return Err(FetchError::Failed);
        };
        let reader = read::Reader(store);
        if let Ok(Some(bytes)) = reader.blob(email, blob).await {
            return Ok(bytes);
        }
        self.fetch(Ask::FetchBlob { email: email.clone(), blob: blob.clone() }).await?;
        reader.blob(email, blob).await.ok().flatten().ok_or(FetchError::Failed)
    }

    /// Has the worker do what the page cannot.
    async fn fetch(self, ask: Ask) -> Result<(), FetchError> {
        self.tell_open();
        let desk = self.desk().ok_or(FetchError::Failed)?;
        match desk.ask(ask).await.word {
            Word::Done => Ok(()),
            Word::Unreachable => Err(FetchError::Offline),
            _ => Err(FetchError::Failed),
        }
    }

    /// Gives the worker an order about the account that is open.
    pub(super) fn tell(self, ask: Ask) {
        self.tell_open();
        if let Some(desk) = self.desk() {
            desk.tell(ask);
        }
    }

    /// Tells the worker which account is open, so that an order about it comes after that.
    pub(super) fn tell_open(self) {
        if let (Some(desk), Some(store)) = (self.desk(), self.opened_store()) {
            desk.tell(Ask::Open(store.account().to_owned()));
        }
    }

    /// What the worker says about syncing.
    pub(super) fn hear_news(self, notice: &Notice) {
        if self.phase.get_untracked() != Phase::Open {
            return;
        }
        let status = match notice.word {
            Word::Syncing => SyncStatus::Syncing { done: notice.count, total: notice.total },
            Word::Done => SyncStatus::Idle,
            Word::Unreachable => SyncStatus::Offline,
            Word::LoggedOut => SyncStatus::LoggedOut,
            Word::Full => SyncStatus::Full,
            _ => SyncStatus::Failed,
        };
        self.status.set(status);
        if !matches!(status, SyncStatus::Syncing { .. }) {
            self.refresh();
        }
    }

    pub(super) fn opened_store(self) -> Option<IdbStore> {
        self.store.try_get_value().flatten()
    }

    pub(super) fn desk(self) -> Option<Rc<Desk>> {
        self.desk.try_get_value().flatten()
    }

    /// Reads again what the header shows of the account.
    pub(super) fn refresh(self) {
        let Some(store) = self.opened_store() else { return };
        leptos::task::spawn_local(async move {
            if let Err(error) = self.read_account(store).await
                && self.phase.get_untracked() == Phase::Open
            {
                leptos::logging::error!("reading the device: {error}");
                self.status.set(SyncStatus::Failed);
            }
        });
    }

    async fn read_account(self, store: IdbStore) -> Result<(), StoreError> {
        let reader = read::Reader(store);
        self.last_synced.set(reader.last_synced().await?);
        let (pending, refused) = reader.own_changes().await?;
        self.pending.set(pending);
        if refused != self.refused.get_untracked() {
            self.refused.set(refused);
        }
        Ok(())
    }
}
