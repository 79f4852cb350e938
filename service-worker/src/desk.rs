//! Where the page's orders arrive.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use gloo_events::EventListener;
use tornister_protocol::id::{BlobId, EmailId};
use tornister_store::IdbStore;
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
    login::{self, LogInError},
    syncing::Syncer,
};

/// Takes orders and answers them.
pub struct Desk {
    page: DedicatedWorkerGlobalScope,
    orders: RefCell<VecDeque<Order>>,
    working: Cell<bool>,
    syncer: RefCell<Option<Rc<Syncer>>>,
}

/// Opens the desk of this worker for good.
pub fn open() {
    let Ok(page) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let desk = Rc::new(Desk {
        page: page.clone(),
        orders: RefCell::default(),
        working: Cell::new(false),
        syncer: RefCell::new(None),
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
        let syncer = self.syncer.borrow().clone();
        match (ask, syncer) {
            (Ask::Open(name), syncer) => {
                if syncer.is_none_or(|syncer| syncer.store().account() != name) {
                    self.settle(number, self.open_account(&name).await);
                }
            }
            (Ask::Close, _) => self.close(),
            (Ask::LogIn { login, open }, _) => {
                self.entered(number, login::log_in(&login, open.as_deref()).await);
            }
            (Ask::ChoosePassword { password, open }, _) => {
                self.entered(number, login::choose_password(&password, open.as_deref()).await);
            }
            (Ask::EndSession, _) => {
                let word = if login::end_session().await { Word::Done } else { Word::Unreachable };
                self.tell(&Notice::new(number, word));
            }
            (Ask::Sync, Some(syncer)) => syncer.sync_now(),
            (Ask::Watched(watched), Some(syncer)) => syncer.set_watched(watched),
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
    fn entered(self: &Rc<Self>, number: u32, outcome: Result<(IdbStore, AccountCard), LogInError>) {
        self.tell(&match outcome {
            Ok((store, card)) => {
                let name = store.account().to_owned();
                self.sync(store, card);
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

    async fn open_account(self: &Rc<Self>, name: &str) -> Result<(), StoreError> {
        if let Some(store) = IdbStore::open(name).await?
            && let Some(card) = AccountCard::read(&store).await?
        {
            self.sync(store, card);
        }
        Ok(())
    }

    fn sync(self: &Rc<Self>, store: IdbStore, card: AccountCard) {
        self.close();
        let syncer = Syncer::new(Rc::clone(self), store, card);
        *self.syncer.borrow_mut() = Some(Rc::clone(&syncer));
        syncer.sync_now();
    }

    fn close(&self) {
        if let Some(syncer) = self.syncer.borrow_mut().take() {
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
