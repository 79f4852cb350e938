//! Opening what the device has, once, before the first screen.

use std::cell::RefCell;

use futures_channel::oneshot;
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;
use tornister_store::{IdbStore, accounts};
use tornister_sync::{
    account::AccountCard,
    json,
    kind::Kind,
    message::{self, Ask, CHANNEL, LOGGED_OUT},
    read,
    store::{Question, StoreError},
};

use super::{Phase, School, StartError, desk::Desk};
use crate::platform::{channel::Channel, clock, local_storage, page, service_worker};

/// The clock on the wall is looked at this often, in milliseconds.
const CLOCK_MILLIS: u32 = 5_000;
/// What the first screen does not need waits for so long: syncing, and looking for a newer app.
const LATER_MILLIS: u32 = 300;
/// Where the name of the account's store is kept, so that a start need not search. The name is
/// random and says nothing.
const HINT: &str = "tornister.store";

pub(super) fn hint() -> Option<String> {
    local_storage::read(HINT)
}

pub(super) fn set_hint(name: &str) {
    local_storage::write(HINT, name);
}

pub(super) fn remove_hint() {
    local_storage::remove(HINT);
}

thread_local! {
    static OPENING: RefCell<Option<oneshot::Receiver<Found>>> = const { RefCell::new(None) };
}

/// What the device has: its store and whose it is.
type Found = Result<Option<(IdbStore, AccountCard)>, StoreError>;

/// Begins to open the device's data, before anything is drawn, and to ask it what the first screen will
/// want to know.
pub fn open_early(asked_first: Vec<Question>) {
    let (found, opening) = oneshot::channel();
    OPENING.set(Some(opening));
    // Leptos' own spawner starts with the first view.
    wasm_bindgen_futures::spawn_local(async move {
        // The page is there as long as this is.
        let _ = found.send(find(asked_first).await);
    });
}

impl School {
    /// Opens the device's data and begins to sync. To be called once.
    #[must_use]
    pub fn start() -> Self {
        let school = Self::empty();
        school.desk.set_value(Some(Desk::new(move |notice| school.hear_news(&notice))));
        leptos::task::spawn_local(async move {
            school.open_device().await;
            if school.end_forgotten_sessions().await {
                school.look_for_session().await;
            }
        });
        Channel::hear(CHANNEL, move |text| school.hear_pages(&text));
        page::on_watched(move |watched| school.tell_if_open(Ask::Watched(watched)));
        let register = Timeout::new(LATER_MILLIS, move || {
            service_worker::register(move || school.update_ready.set(true));
        });
        register.forget();
        let tick = Interval::new(CLOCK_MILLIS, move || {
            let now = clock::local();
            if now.hour_minute() != school.now.get_untracked().hour_minute()
                || now.date() != school.now.get_untracked().date()
            {
                school.now.set(now);
            }
        });
        tick.forget();
        school
    }

    /// Shows what the device has, and begins to sync it.
    pub(super) async fn open_device(self) {
        let found = match OPENING.take() {
            Some(opening) => match opening.await {
                Ok(found) => found,
                Err(oneshot::Canceled) => return,
            },
            None => find(Vec::new()).await,
        };
        match found {
            Ok(Some((store, card))) => self.open(store, card),
            Ok(None) => {
                // The login says why it is asked for.
                self.storage_gone.set(hint().is_some());
                self.close(Phase::LoggedOut);
            }
            Err(StoreError::Newer) => self.phase.set(Phase::Broken(StartError::Outdated)),
            Err(error) => {
                leptos::logging::error!("opening the device's data: {error}");
                self.phase.set(Phase::Broken(StartError::NoStorage));
            }
        }
    }

    fn open(self, store: IdbStore, card: AccountCard) {
        set_hint(store.account());
        self.account_id.set_value(card.account_id.0);
        self.account_name.set(card.name);
        self.username.set(card.username);
        self.storage_gone.set(false);
        if self.overtaken.get_value() {
            store.forget_ahead();
        }
        self.store.set_value(Some(store.clone()));
        self.watch_storage(store);
        self.refresh();
        self.phase.set(Phase::Open);
        Timeout::new(LATER_MILLIS, move || self.tell_open()).forget();
    }

    fn tell_if_open(self, ask: Ask) {
        if self.phase.get_untracked() == Phase::Open {
            self.tell(ask);
        }
    }

    /// What a worker or another page has written, or that another page has logged out.
    fn hear_pages(self, text: &str) {
        match self.opened_store() {
            Some(store) => store.forget_ahead(),
            None => self.overtaken.set_value(true),
        }
        if self.phase.get_untracked() != Phase::Open {
            return;
        }
        let Some((store, news)) = message::heard(text) else { return };
        if self.opened_store().is_none_or(|opened| opened.account() != store) {
            return;
        }
        if news == LOGGED_OUT {
            self.tell_closed();
            self.show(None);
        } else if let Ok(kinds) = json::read_text::<Vec<Kind>>(news) {
            self.versions.bump(&kinds);
            self.refresh();
        }
    }

    /// The other accounts on this device.
    ///
    /// # Errors
    /// Where the device cannot be read.
    pub async fn others(self) -> Result<Vec<(String, AccountCard)>, StoreError> {
        let mut others = Vec::new();
        let shown = self.opened_store();
        for name in accounts().await? {
            if shown.as_ref().is_some_and(|shown| shown.account() == name) {
                continue;
            }
            if let Some((_, card)) = open_account(&name, Vec::new()).await? {
                others.push((name, card));
            }
        }
        Ok(others)
    }
}

/// The account to show: the one of the hint, else the first that is whole. What a login left half done
/// is cleared away.
async fn find(asked_first: Vec<Question>) -> Found {
    let mut found = match hint() {
        Some(name) => open_account(&name, asked_first).await?,
        None => None,
    };
    if found.is_some() {
        return Ok(found);
    }
    for name in accounts().await? {
        match open_account(&name, Vec::new()).await? {
            None => IdbStore::clear_away(&name).await?,
            opened if found.is_none() => found = opened,
            Some(_) => {}
        }
    }
    Ok(found)
}

async fn open_account(name: &str, asked_first: Vec<Question>) -> Found {
    let mut questions = asked_first;
    questions.push(AccountCard::question());
    questions.extend(read::account_state());
    let Some(store) = IdbStore::open_ahead(name, questions).await? else { return Ok(None) };
    let card = AccountCard::read(&store).await?;
    Ok(card.map(|card| (store, card)))
}
