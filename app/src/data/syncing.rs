//! When to sync, and what the other tabs are told.
//!
//! A sync is tried at the start, when the page is looked at again, when the network may be back,
//! soon after a change of the user's, and every few minutes while the page is visible. After a
//! failure the next try comes sooner and then ever later, with jitter, so that a school's phones do
//! not all knock at the same moment. Whether there is a network is found out by trying.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use tornister_store::IdbStore;
use tornister_sync::{
    engine::{AccountLink, Engine, Event, Report, SyncError},
    kind::Kind,
    store::StoreError,
    transport::TransportError,
};

use super::{School, SyncStatus};
use crate::platform::{channel::Channel, clock, http::HttpTransport, locks, page};

/// While all is well, in milliseconds.
const EVERY_MILLIS: u32 = 5 * 60_000;
/// After a change, so that several quick ones travel together.
const SOON_MILLIS: u32 = 800;
/// After a first failure; doubled each time up to [`EVERY_MILLIS`].
const RETRY_MILLIS: u32 = 4_000;
/// The lock and the channel of all tabs.
const NAME: &str = "tornister.sync";
/// What a tab says when it has logged out; everything else is a list of kinds.
const LOGGED_OUT: &str = "logged-out";

/// Syncs the account that is open.
pub(super) struct Syncer {
    school: School,
    store: IdbStore,
    engine: Engine<IdbStore, HttpTransport>,
    channel: RefCell<Option<Channel>>,
    timer: RefCell<Option<Timeout>>,
    running: Cell<bool>,
    again: Cell<bool>,
    stopped: Cell<bool>,
    failures: Cell<u32>,
}

impl Syncer {
    pub(super) fn new(school: School, store: IdbStore, link: AccountLink) -> Rc<Self> {
        let engine = Engine::new(store.clone(), HttpTransport, link);
        Rc::new(Self {
            school,
            store,
            engine,
            channel: RefCell::new(None),
            timer: RefCell::new(None),
            running: Cell::new(false),
            again: Cell::new(false),
            stopped: Cell::new(false),
            failures: Cell::new(0),
        })
    }

    pub(super) fn engine(&self) -> &Engine<IdbStore, HttpTransport> {
        &self.engine
    }

    /// Begins to sync and to listen.
    pub(super) fn begin(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let heard = move |text: String| {
            if let Some(syncer) = weak.upgrade() {
                syncer.hear(&text);
            }
        };
        *self.channel.borrow_mut() = Some(Channel::join(NAME, heard));
        let weak = Rc::downgrade(self);
        page::on_wake(move || {
            if let Some(syncer) = weak.upgrade() {
                syncer.sync_now();
            }
        });
        self.refresh();
        self.sync_now();
    }

    /// Nothing is begun any more; what is under way finds its store gone.
    pub(super) fn stop(&self) {
        self.stopped.set(true);
        self.timer.borrow_mut().take();
    }

    /// Syncs now; where a sync is under way, once more after it.
    pub(super) fn sync_now(self: &Rc<Self>) {
        if self.stopped.get() {
            return;
        }
        if self.running.replace(true) {
            self.again.set(true);
            return;
        }
        self.timer.borrow_mut().take();
        let syncer = Rc::clone(self);
        leptos::task::spawn_local(async move {
            let worker = Rc::clone(&syncer);
            locks::exclusive(NAME, async move { worker.sync_once().await }).await;
            syncer.running.set(false);
            if syncer.again.replace(false) {
                syncer.sync_now();
            } else {
                syncer.plan_next();
            }
        });
    }

    /// Syncs in a moment.
    pub(super) fn sync_soon(self: &Rc<Self>) {
        self.wake_in(SOON_MILLIS);
    }

    async fn sync_once(self: &Rc<Self>) {
        if self.stopped.get() {
            return;
        }
        self.school.status.set(SyncStatus::Syncing { done: 0, total: 0 });
        let result = self.engine.sync(clock::utc(), |event| self.on_event(event)).await;
        if self.stopped.get() {
            return;
        }
        let status = match &result {
            Ok(Report { failed, .. }) if failed.is_empty() => SyncStatus::Idle,
            Ok(_) => SyncStatus::Failed,
            Err(SyncError::Transport(TransportError::Unreachable)) => SyncStatus::Offline,
            Err(SyncError::Transport(TransportError::LoggedOut)) => SyncStatus::LoggedOut,
            Err(_) => SyncStatus::Failed,
        };
        if let Err(error) = &result
            && status == SyncStatus::Failed
        {
            leptos::logging::error!("syncing: {error}");
        }
        self.failures.set(if status == SyncStatus::Idle { 0 } else { self.failures.get() + 1 });
        self.school.status.set(status);
        self.refresh();
    }

    fn on_event(self: &Rc<Self>, event: Event) {
        if self.stopped.get() {
            return;
        }
        match event {
            Event::Committed(kinds) => self.changed(&kinds),
            Event::Progress { done, total } => {
                self.school.status.set(SyncStatus::Syncing { done, total });
            }
        }
    }

    fn plan_next(self: &Rc<Self>) {
        let millis = match self.failures.get() {
            0 => EVERY_MILLIS,
            failures => RETRY_MILLIS.saturating_mul(1 << failures.min(8)).min(EVERY_MILLIS),
        };
        // Between three quarters and five quarters of it.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "well inside u32")]
        let jittered = (f64::from(millis) * (0.75 + js_sys::Math::random() / 2.0)) as u32;
        self.wake_in(jittered);
    }

    fn wake_in(self: &Rc<Self>, millis: u32) {
        if self.stopped.get() {
            return;
        }
        let weak = Rc::downgrade(self);
        let timer = Timeout::new(millis, move || {
            let Some(syncer) = weak.upgrade() else { return };
            // A page that nobody sees is woken when somebody looks at it.
            if millis == SOON_MILLIS || page::is_visible() {
                syncer.sync_now();
            } else {
                syncer.plan_next();
            }
        });
        *self.timer.borrow_mut() = Some(timer);
    }

    /// Wakes the queries that read these kinds, here and in the other tabs.
    pub(super) fn changed(self: &Rc<Self>, kinds: &[Kind]) {
        self.school.versions.bump(kinds);
        self.refresh();
        if let (Some(channel), Ok(text)) = (&*self.channel.borrow(), serde_json::to_string(kinds)) {
            channel.say(&text);
        }
    }

    /// Tells the other tabs that this account is gone.
    pub(super) fn tell_logged_out(&self) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.say(LOGGED_OUT);
        }
    }

    fn hear(self: &Rc<Self>, text: &str) {
        if self.stopped.get() {
            return;
        }
        if text == LOGGED_OUT {
            self.school.close();
        } else if let Ok(kinds) = serde_json::from_str::<Vec<Kind>>(text) {
            self.school.versions.bump(&kinds);
            self.refresh();
        }
    }

    fn refresh(self: &Rc<Self>) {
        let syncer = Rc::clone(self);
        leptos::task::spawn_local(async move {
            if let Err(error) = syncer.school.refresh_account(syncer.store.clone()).await
                && !syncer.stopped.get()
            {
                syncer.note_store_error(&error);
            }
        });
    }

    pub(super) fn note_store_error(&self, error: &StoreError) {
        leptos::logging::error!("writing to the device: {error}");
        self.school.status.set(SyncStatus::Failed);
    }
}
