//! Where the page's orders arrive.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use gloo_events::EventListener;
use tornister_protocol::id::{BlobId, EmailId};
use tornister_store::{IdbStore, accounts};
use tornister_sync::{
    account::AccountCard,
    engine::{self, SyncError},
    message::{Ask, Notice, Order, Word},
    read::Reader,
    store::StoreError,
    transport::TransportError,
};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::{
    console,
    login::{self, Account, LogInError},
    syncing::Syncer,
};

/// Takes orders and answers them.
pub struct Desk {
    page: DedicatedWorkerGlobalScope,
    orders: RefCell<VecDeque<Order>>,
    working: Cell<bool>,
    /// Syncs the account that the page shows.
    shown: RefCell<Option<Rc<Syncer>>>,
    /// Sync the other accounts on this device.
    others: RefCell<Vec<Rc<Syncer>>>,
}

/// Opens the desk of this worker for good.
pub fn open() {
    let Ok(page) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let desk = Rc::new(Desk {
        page: page.clone(),
        orders: RefCell::default(),
        working: Cell::new(false),
        shown: RefCell::new(None),
        others: RefCell::default(),
    });
    let taker = Rc::clone(&desk);
    let take = move |event: &web_sys::Event| {
        let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        match text.map(|text| serde_json::from_str(&text)) {
            Some(Ok(order)) => taker.take(order),
            Some(Err(error)) => console::error("an order", &error),
            None => {}
        }
    };
    EventListener::new(&page, "message", take).forget();
    desk.tell(&Notice::new(0, Word::Ready));
}

impl Desk {
    /// Tells the page.
    pub fn tell(&self, notice: &Notice) {
        if let Ok(text) = serde_json::to_string(notice) {
            // A page that has gone needs no news.
            let _ = self.page.post_message(&JsValue::from_str(&text));
        }
    }

    /// One order after the other, so that a change finds the account that was opened before it.
    fn take(self: &Rc<Self>, order: Order) {
        self.orders.borrow_mut().push_back(order);
        if self.working.replace(true) {
            return;
        }
        let desk = Rc::clone(self);
        spawn_local(async move {
            loop {
                let Some(Order { number, ask }) = desk.orders.borrow_mut().pop_front() else { break };
                desk.carry_out(number, ask).await;
            }
            desk.working.set(false);
        });
    }

    async fn carry_out(self: &Rc<Self>, number: u32, ask: Ask) {
        let syncer = self.shown.borrow().clone();
        match (ask, syncer) {
            (Ask::Open(name), syncer) => {
                if syncer.is_none_or(|syncer| syncer.store().account() != name) {
                    self.settle(number, self.show(&name).await);
                }
            }
            (Ask::Close, _) => self.close(),
            (Ask::LogIn(login), _) => self.entered(number, login::log_in(login).await),
            (Ask::ChoosePassword(password), _) => {
                self.entered(number, login::choose_password(password).await);
            }
            (Ask::EndSessions(accounts), _) => {
                let word = if login::end_sessions(accounts).await { Word::Done } else { Word::Unreachable };
                self.tell(&Notice::new(number, word));
            }
            (Ask::FindSession, _) => {
                // Whoever types a name meanwhile must not wait for this.
                let desk = Rc::clone(self);
                spawn_local(async move {
                    let word = login::find_session().await;
                    desk.tell(&Notice::new(number, word));
                });
            }
            (Ask::Sync, Some(syncer)) => syncer.sync_now(),
            (Ask::Watched(watched), Some(syncer)) => {
                syncer.set_watched(watched);
                self.others.borrow().iter().for_each(|other| other.set_watched(watched));
            }
            (Ask::Queued, Some(syncer)) => syncer.sync_soon(),
            (Ask::Dismiss(rows), Some(syncer)) => self.settle(number, syncer.dismiss(rows).await),
            (Ask::MakeRoom, Some(syncer)) => {
                let word = if syncer.make_room().await { Word::Done } else { Word::Failed };
                self.tell(&Notice::new(number, word));
            }
            (Ask::ForgetGivenUp, Some(syncer)) => self.settle(number, syncer.forget_given_up().await),
            (Ask::Mend(broken), Some(syncer)) => self.settle(number, syncer.mend(broken).await),
            (Ask::FetchBody(email), Some(syncer)) => {
                // What is large on a bad line must not keep the rest waiting.
                let desk = Rc::clone(self);
                spawn_local(async move {
                    let word = syncer.fetch_body(&email).await;
                    desk.tell(&Notice::new(number, word));
                });
            }
            (Ask::FetchBlob { email, blob }, Some(syncer)) => {
                let desk = Rc::clone(self);
                spawn_local(async move {
                    let word = fetch_blob(&syncer, &email, &blob).await;
                    desk.tell(&Notice::new(number, word));
                });
            }
            // Between logout and login there is nothing to do it to.
            (_, None) if number > 0 => self.tell(&Notice::new(number, Word::Failed)),
            (_, None) => {}
        }
    }

    /// Answers a login, and begins to sync where it succeeded.
    fn entered(self: &Rc<Self>, number: u32, outcome: Result<Account, LogInError>) {
        self.tell(&match outcome {
            Ok((store, card)) => {
                let name = store.account().to_owned();
                self.sync_shown(store, card);
                Notice { store: name, ..Notice::new(number, Word::Done) }
            }
            Err(error) => error.notice(number),
        });
    }

    /// Answers an order that may have failed on this device.
    fn settle(&self, number: u32, outcome: Result<(), StoreError>) {
        let word = match outcome {
            Ok(()) => Word::Done,
            Err(error) => {
                console::error("writing to the device", &error);
                self.tell(&Notice::new(0, Word::Failed));
                Word::Failed
            }
        };
        if number > 0 {
            self.tell(&Notice::new(number, word));
        }
    }

    /// The page shows the account in the store of this name.
    async fn show(self: &Rc<Self>, name: &str) -> Result<(), StoreError> {
        match login::open(name).await {
            Ok(Some((store, card))) => self.sync_shown(store, card),
            // Somebody has logged out meanwhile.
            Ok(None) | Err(StoreError::Closed) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The page shows this account. The one that it showed goes on among the others.
    fn sync_shown(self: &Rc<Self>, store: IdbStore, card: AccountCard) {
        let mut others = self.others.borrow_mut();
        if let Some(before) = self.shown.borrow_mut().take() {
            before.set_shown(false);
            others.push(before);
        }
        let place = others.iter().position(|other| other.store().account() == store.account());
        let known = place.map(|place| others.swap_remove(place));
        // The card may be a newer one, after a login.
        let (known, outdated) = match known {
            Some(known) if *known.card() == card => (Some(known), None),
            other => (None, other),
        };
        if let Some(outdated) = outdated {
            outdated.stop();
        }
        let syncer = known.unwrap_or_else(|| Syncer::new(Rc::clone(self), store, card));
        *self.shown.borrow_mut() = Some(Rc::clone(&syncer));
        syncer.set_shown(true);
        syncer.sync_now();
    }

    /// The shown account is up to date: now the others.
    pub fn shown_is_done(self: &Rc<Self>) {
        let desk = Rc::clone(self);
        spawn_local(async move {
            if let Err(error) = desk.open_others().await {
                console::error("opening other accounts", &error);
            }
        });
    }

    /// Begins to sync accounts that this worker does not know yet.
    async fn open_others(self: &Rc<Self>) -> Result<(), StoreError> {
        for name in accounts().await? {
            if self.knows(&name) {
                continue;
            }
            let opened = login::open(&name).await?;
            // Meanwhile the page may have shown it.
            if let (Some((store, card)), false) = (opened, self.knows(&name)) {
                let syncer = Syncer::new(Rc::clone(self), store, card);
                self.others.borrow_mut().push(Rc::clone(&syncer));
                syncer.sync_now();
            }
        }
        Ok(())
    }

    fn knows(&self, name: &str) -> bool {
        let is_it = |syncer: &Rc<Syncer>| syncer.store().account() == name;
        self.shown.borrow().as_ref().is_some_and(is_it) || self.others.borrow().iter().any(is_it)
    }

    /// Syncs the accounts that are not shown, in a moment.
    pub fn wake_others(&self) {
        self.others.borrow().iter().for_each(Syncer::sync_soon);
    }

    /// What the server said by itself, which may be about any account.
    pub fn tell_others(&self, said: &str) {
        self.others.borrow().iter().for_each(|other| other.hear_of(said.to_owned()));
    }

    /// Whether the server says by itself what is new.
    pub fn is_listening(&self) -> bool {
        self.shown.borrow().as_ref().is_some_and(|shown| shown.is_listening())
    }

    /// The store is gone: nothing is left to sync there.
    pub fn forget(&self, syncer: &Syncer) {
        self.others.borrow_mut().retain(|other| !std::ptr::eq(&raw const **other, syncer));
    }

    fn close(&self) {
        if let Some(syncer) = self.shown.borrow_mut().take() {
            syncer.stop();
        }
    }
}

async fn fetch_blob(syncer: &Syncer, email: &EmailId, blob: &BlobId) -> Word {
    let body = Reader(syncer.store().clone()).email_body(email).await;
    let part = body
        .ok()
        .flatten()
        .and_then(|body| body.attachments.into_iter().find(|part| part.blob_id.as_ref() == Some(blob)));
    let Some(part) = part else { return Word::Failed };
    match syncer.engine().fetch_blob(email, &part).await {
        Ok(_kept) => Word::Done,
        Err(engine::BlobError::Sync(SyncError::Transport(TransportError::Unreachable))) => Word::Unreachable,
        Err(error) => {
            console::error("fetching an attachment", &error);
            Word::Failed
        }
    }
}
