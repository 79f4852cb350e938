//! When to sync, and what the pages are told.
//!
//! A sync is tried at the start, when a page is looked at again, when the network may be back, soon
//! after a change of the user's, and every few minutes while the page is visible. After a failure
//! the next try comes sooner and then ever later, with jitter, so that a school's phones do not all
//! knock at the same moment. Whether there is a network is found out by trying.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use tornister_protocol::id::EmailId;
use tornister_store::IdbStore;
use tornister_sync::{
    account::AccountCard,
    engine::{Engine, Event, Report, SyncError},
    kind::Kind,
    message::{CHANNEL, Notice, Word},
    read::Reader,
    store::StoreError,
    transport::TransportError,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::BroadcastChannel;

use crate::{clock, console, desk::Desk, http::HttpTransport, locks};

/// While all is well, in milliseconds.
const EVERY_MILLIS: u32 = 5 * 60_000;
/// After a change, so that several quick ones travel together.
const SOON_MILLIS: u32 = 800;
/// After a first failure; doubled each time up to [`EVERY_MILLIS`].
const RETRY_MILLIS: u32 = 4_000;

/// Syncs the account that is open.
pub struct Syncer {
    desk: Rc<Desk>,
    store: IdbStore,
    engine: Engine<IdbStore, HttpTransport>,
    channel: Option<BroadcastChannel>,
    timer: RefCell<Option<Timeout>>,
    running: Cell<bool>,
    again: Cell<bool>,
    stopped: Cell<bool>,
    watched: Cell<bool>,
    failures: Cell<u32>,
}

impl Syncer {
    /// For the account of this card.
    pub fn new(desk: Rc<Desk>, store: IdbStore, card: AccountCard) -> Rc<Self> {
        let engine = Engine::new(store.clone(), HttpTransport, card.link());
        Rc::new(Self {
            desk,
            store,
            engine,
            channel: BroadcastChannel::new(CHANNEL).ok(),
            timer: RefCell::new(None),
            running: Cell::new(false),
            again: Cell::new(false),
            stopped: Cell::new(false),
            watched: Cell::new(true),
            failures: Cell::new(0),
        })
    }

    /// Syncs the account.
    pub fn engine(&self) -> &Engine<IdbStore, HttpTransport> {
        &self.engine
    }

    /// The account's store.
    pub fn store(&self) -> &IdbStore {
        &self.store
    }

    /// Nothing is begun any more; what is under way finds its store gone.
    pub fn stop(&self) {
        self.stopped.set(true);
        self.timer.borrow_mut().take();
    }

    /// Whether somebody looks at the page; a page that is looked at again is synced.
    pub fn set_watched(self: &Rc<Self>, watched: bool) {
        self.watched.set(watched);
        if watched {
            self.sync_now();
        }
    }

    /// Syncs in a moment.
    pub fn sync_soon(self: &Rc<Self>) {
        self.wake_in(SOON_MILLIS);
    }

    /// Forgets refused changes, which the user has seen.
    ///
    /// # Errors
    /// Where the device cannot write.
    pub async fn dismiss(&self, rows: Vec<u64>) -> Result<(), StoreError> {
        Reader(self.store.clone()).dismiss_refused(rows).await?;
        self.changed(&[]);
        Ok(())
    }

    /// Fetches a mail's body because the user opened it. Where that fails now, the mail says so and
    /// opening it again tries again.
    pub async fn fetch_body(&self, email: &EmailId) {
        match self.engine.fetch_body(email).await {
            Ok(_kept) => self.changed(&[Kind::EmailBody]),
            Err(SyncError::Transport(TransportError::Unreachable)) => {}
            Err(error) => console::error("fetching a mail", &error),
        }
    }

    /// Syncs now; where a sync is under way, once more after it.
    pub fn sync_now(self: &Rc<Self>) {
        if self.stopped.get() {
            return;
        }
        if self.running.replace(true) {
            self.again.set(true);
            return;
        }
        self.timer.borrow_mut().take();
        let syncer = Rc::clone(self);
        spawn_local(async move {
            let worker = Rc::clone(&syncer);
            locks::exclusive(&format!("{CHANNEL}.{}", syncer.store.account()), async move {
                worker.sync_once().await
            })
            .await;
            syncer.running.set(false);
            if syncer.again.replace(false) {
                syncer.sync_now();
            } else {
                syncer.plan_next();
            }
        });
    }

    async fn sync_once(self: &Rc<Self>) {
        if self.stopped.get() {
            return;
        }
        self.desk.tell(&Notice::new(0, Word::Syncing));
        let result = self.engine.sync(clock::utc(), |event| self.on_event(event)).await;
        if self.stopped.get() {
            return;
        }
        let word = match &result {
            Ok(Report { failed, .. }) if failed.is_empty() => Word::Done,
            Ok(_) => Word::Failed,
            Err(SyncError::Transport(TransportError::Unreachable)) => Word::Unreachable,
            Err(SyncError::Transport(TransportError::LoggedOut)) => Word::LoggedOut,
            Err(error) => {
                console::error("syncing", error);
                Word::Failed
            }
        };
        self.failures.set(if word == Word::Done { 0 } else { self.failures.get() + 1 });
        self.desk.tell(&Notice::new(0, word));
    }

    fn on_event(&self, event: Event) {
        if self.stopped.get() {
            return;
        }
        match event {
            Event::Committed(kinds) => self.changed(&kinds),
            Event::Progress { done, total } => {
                self.desk.tell(&Notice { count: done, total, ..Notice::new(0, Word::Syncing) });
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
            if millis == SOON_MILLIS || syncer.watched.get() {
                syncer.sync_now();
            } else {
                syncer.plan_next();
            }
        });
        *self.timer.borrow_mut() = Some(timer);
    }

    /// Tells all pages that records of these kinds were written.
    fn changed(&self, kinds: &[Kind]) {
        if let (Some(channel), Ok(text)) = (&self.channel, serde_json::to_string(kinds)) {
            // A closed channel has nobody to tell.
            let _ = channel.post_message(&JsValue::from_str(&text));
        }
    }
}
