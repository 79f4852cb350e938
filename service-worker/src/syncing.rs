//! When to sync, and what the pages are told.
//!
//! A sync is tried at the start, when a page is looked at again, when the network may be back, soon
//! after a change of the user's, and when the server says that something is new ([`crate::stream`]).
//! Where it cannot say so, every few minutes. Whether there is a network is found out by trying;
//! after a failure the next try comes soon and then ever later ([`backoff`]).

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use gloo_timers::callback::Timeout;
use tornister_protocol::id::EmailId;
use tornister_store::IdbStore;
use tornister_sync::{
    account::AccountCard,
    engine::{self, Engine, Event, Report, SyncError, backoff},
    kind::Kind,
    message::{self, CHANNEL, Notice, Word},
    read::Reader,
    store::{StoreError, room},
    transport::TransportError,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::BroadcastChannel;

use crate::{
    clock, console,
    desk::Desk,
    http::HttpTransport,
    locks,
    stream::{Said, Stream},
};

/// After a change, so that several quick ones travel together, in milliseconds.
const SOON_MILLIS: u32 = 800;
/// After an event that all phones of a school may have heard, or the server's return: within this time each comes at
/// its own.
const SPREAD_MILLIS: u32 = 3_000;
/// While the server says by itself what is new, in milliseconds.
const LISTENING_MILLIS: u32 = 30 * 60_000;

/// Syncs one account.
pub struct Syncer {
    desk: Rc<Desk>,
    store: IdbStore,
    engine: Engine<IdbStore, HttpTransport>,
    channel: Option<BroadcastChannel>,
    card: AccountCard,
    /// When the next sync begins, in milliseconds since 1970.
    timer: RefCell<Option<(f64, Timeout)>>,
    running: Cell<bool>,
    again: Cell<bool>,
    downloading: Cell<bool>,
    downloads_again: Cell<bool>,
    stopped: Cell<bool>,
    watched: Cell<bool>,
    /// Whether it is the account that the page shows: only of this one the page hears.
    shown: Cell<bool>,
    failures: Cell<u32>,
    retry_after: Cell<Option<u32>>,
    stream: RefCell<Option<Stream>>,
}

impl Syncer {
    /// For the account of this card.
    pub fn new(desk: Rc<Desk>, store: IdbStore, card: AccountCard) -> Rc<Self> {
        let engine = Engine::new(store.clone(), HttpTransport, card.clone().link());
        Rc::new_cyclic(|syncer: &Weak<Self>| {
            let mender = syncer.clone();
            store.on_broken(move |broken| {
                let Some(syncer) = mender.upgrade() else { return };
                spawn_local(async move {
                    if let Err(error) = syncer.mend(broken).await {
                        console::error("mending the device", &error);
                    }
                });
            });
            Self {
                desk,
                store,
                engine,
                channel: BroadcastChannel::new(CHANNEL).ok(),
                card,
                timer: RefCell::new(None),
                running: Cell::new(false),
                again: Cell::new(false),
                downloading: Cell::new(false),
                downloads_again: Cell::new(false),
                stopped: Cell::new(false),
                watched: Cell::new(true),
                shown: Cell::new(false),
                failures: Cell::new(0),
                retry_after: Cell::new(None),
                stream: RefCell::new(None),
            }
        })
    }

    /// Syncs the account.
    pub fn engine(&self) -> &Engine<IdbStore, HttpTransport> {
        &self.engine
    }

    /// Whose account it is, and where.
    pub fn card(&self) -> &AccountCard {
        &self.card
    }

    /// The account's store.
    pub fn store(&self) -> &IdbStore {
        &self.store
    }

    /// Nothing is begun any more; what is under way finds its store gone.
    pub fn stop(&self) {
        self.stopped.set(true);
        self.timer.borrow_mut().take();
        self.stream.borrow_mut().take();
    }

    /// Whether the page shows this account; one that it shows no more is synced in silence.
    pub fn set_shown(&self, shown: bool) {
        self.shown.set(shown);
        if !shown {
            self.stream.borrow_mut().take();
        }
    }

    /// Whether the server says by itself what is new.
    pub fn is_listening(&self) -> bool {
        self.stream.borrow().is_some()
    }

    /// What the server said by itself.
    pub fn hear_of(self: &Rc<Self>, said: String) {
        let syncer = Rc::clone(self);
        spawn_local(async move { syncer.hear(Said::State(said)).await });
    }

    /// Whether somebody looks at the page; a page that is looked at again is synced.
    pub fn set_watched(self: &Rc<Self>, watched: bool) {
        self.watched.set(watched);
        if watched {
            self.sync_now();
        } else {
            self.stream.borrow_mut().take();
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

    /// Gives up something that can be had again; whether there was any.
    pub async fn make_room(&self) -> bool {
        match room::make(&self.store).await {
            Ok(made) => {
                self.changed(&room::Spare::KINDS);
                made
            }
            Err(error) => {
                console::error("making room", &error);
                false
            }
        }
    }

    /// Forgets what was given up for want of room, which the user has seen.
    ///
    /// # Errors
    /// Where the device cannot write.
    pub async fn forget_given_up(&self) -> Result<(), StoreError> {
        room::forget(&self.store).await?;
        self.changed(&[Kind::Meta]);
        Ok(())
    }

    /// Removes records that do not open and fetches them again.
    ///
    /// # Errors
    /// Where the device cannot write.
    pub async fn mend(self: &Rc<Self>, broken: Vec<(Kind, String)>) -> Result<(), StoreError> {
        engine::repair(&self.store, broken).await?;
        self.sync_soon();
        Ok(())
    }

    /// Fetches a mail's body because the user opened it.
    pub async fn fetch_body(&self, email: &EmailId) -> Word {
        match self.engine.fetch_body(email).await {
            Ok(Some(_kept)) => {
                self.changed(&[Kind::EmailBody]);
                Word::Done
            }
            // Gone on the server; the next sync takes it from here too.
            Ok(None) => Word::Failed,
            Err(SyncError::Transport(TransportError::Unreachable)) => Word::Unreachable,
            Err(error) => {
                console::error("fetching a mail", &error);
                Word::Failed
            }
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
        self.tell(&Notice::new(0, Word::Syncing));
        let result = self.engine.sync(clock::utc(), |event| self.on_event(event)).await;
        if self.stopped.get() {
            return;
        }
        self.retry_after.set(result.as_ref().err().and_then(SyncError::retry_after));
        let word = match result {
            Ok(report) if report.is_logged_out() => Word::LoggedOut,
            Ok(report) => word_of(&report),
            Err(SyncError::Transport(TransportError::Unreachable)) => Word::Unreachable,
            Err(SyncError::Transport(TransportError::LoggedOut)) => Word::LoggedOut,
            Err(SyncError::Store(StoreError::QuotaExceeded)) => Word::Full,
            // Somebody logged out in another tab.
            Err(SyncError::Store(StoreError::Closed)) if !self.shown.get() => {
                self.stop();
                self.desk.forget(self);
                return;
            }
            Err(error) => {
                console::error("syncing", &error);
                Word::Failed
            }
        };
        if word == Word::Done {
            self.failures.set(0);
            self.listen();
            self.download();
        } else {
            self.failures.set(self.failures.get().saturating_add(1));
            self.stream.borrow_mut().take();
        }
        self.tell(&Notice::new(0, word));
        if word == Word::Done && self.shown.get() {
            self.desk.shown_is_done();
        }
    }

    /// Fetches attachments, beside whatever else there is to do.
    fn download(self: &Rc<Self>) {
        if self.downloading.replace(true) {
            self.downloads_again.set(true);
            return;
        }
        let syncer = Rc::clone(self);
        spawn_local(async move {
            let worker = Rc::clone(&syncer);
            locks::exclusive(&format!("{CHANNEL}.{}.blobs", syncer.store.account()), async move {
                let goes_on = || !worker.stopped.get();
                match worker.engine.fetch_blobs(|event| worker.on_event(event), goes_on).await {
                    // Without a network or a login the next sync tells.
                    Ok(()) | Err(SyncError::Transport(_) | SyncError::Store(StoreError::Closed)) => {}
                    Err(error) => console::error("fetching attachments", &error),
                }
            })
            .await;
            syncer.downloading.set(false);
            if syncer.downloads_again.replace(false) {
                syncer.download();
            }
        });
    }

    /// Tells the page, where it shows this account.
    fn tell(&self, notice: &Notice) {
        if self.shown.get() {
            self.desk.tell(notice);
        }
    }

    /// Hears from now on what the server says by itself, while somebody looks at the page.
    fn listen(self: &Rc<Self>) {
        if !self.watched.get() || !self.shown.get() || self.stream.borrow().is_some() {
            return;
        }
        let weak = Rc::downgrade(self);
        *self.stream.borrow_mut() = Stream::open(move |said| {
            let Some(syncer) = weak.upgrade() else { return };
            // The stream may end here, and not while it speaks.
            spawn_local(async move { syncer.hear(said).await });
        });
    }

    async fn hear(self: &Rc<Self>, said: Said) {
        match said {
            // What came before was told to nobody, whoever's it is.
            Said::Open => {
                self.wake_in(random() % SPREAD_MILLIS);
                self.desk.wake_others();
            }
            Said::State(event) => {
                // One stream tells of all accounts.
                if self.shown.get() {
                    self.desk.tell_others(&event);
                }
                match self.engine.is_news(&event).await {
                    Ok(true) => self.wake_in(random() % SPREAD_MILLIS),
                    Ok(false) => {}
                    Err(error) => console::error("reading the device", &error),
                }
            }
            Said::Broken => {
                self.stream.borrow_mut().take();
                self.plan_next();
            }
        }
    }

    /// What a sync has written is told also where it was stopped meanwhile: nobody else tells it.
    fn on_event(&self, event: Event) {
        match event {
            Event::Committed(kinds) => self.changed(&kinds),
            Event::Progress { done, total } => {
                self.tell(&Notice { count: done, total, ..Notice::new(0, Word::Syncing) });
            }
        }
    }

    fn plan_next(self: &Rc<Self>) {
        let listening = self.desk.is_listening();
        self.wake_in(match self.failures.get() {
            0 if listening => LISTENING_MILLIS,
            failures => backoff::wait_millis(failures, self.retry_after.get(), random()),
        });
    }

    /// Syncs after this time, unless that is to happen sooner anyway.
    fn wake_in(self: &Rc<Self>, millis: u32) {
        if self.stopped.get() {
            return;
        }
        let due = js_sys::Date::now() + f64::from(millis);
        if self.timer.borrow().as_ref().is_some_and(|(sooner, _)| *sooner <= due) {
            return;
        }
        let weak = Rc::downgrade(self);
        let timer = Timeout::new(millis, move || {
            let Some(syncer) = weak.upgrade() else { return };
            syncer.timer.borrow_mut().take();
            // A page that nobody sees is woken when somebody looks at it; a change is sent all the same.
            if millis <= SPREAD_MILLIS || syncer.watched.get() {
                syncer.sync_now();
            } else {
                syncer.plan_next();
            }
        });
        *self.timer.borrow_mut() = Some((due, timer));
    }

    /// Tells all pages that records of these kinds were written.
    fn changed(&self, kinds: &[Kind]) {
        if let Some(channel) = &self.channel {
            let text = message::written(self.store.account(), kinds);
            // A closed channel has nobody to tell.
            let _ = channel.post_message(&JsValue::from_str(&text));
        }
    }
}

/// How a sync ended, in a word. What the server did not answer for is tried again.
fn word_of(report: &Report) -> Word {
    for (data_type, error) in &report.failed {
        console::error("the server did not answer", &format!("{}: {error:?}", data_type.name()));
    }
    if !report.unknown.is_empty() {
        let rows = format!("{:?} wait for the version that made them", report.unknown);
        console::error("changes of another version", &rows);
    }
    if report.failed.is_empty() { Word::Done } else { Word::Failed }
}

/// Any number, each as likely.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within u32")]
fn random() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}
