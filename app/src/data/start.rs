//! Opening what the device has, once, before the first screen.

use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use tornister_protocol::id::AccountId;
use tornister_store::{IdbStore, accounts};
use tornister_sync::{
    engine::AccountLink,
    json,
    kind::Kind,
    record::Record,
    store::{Batch, Store as _, StoreError},
};

use super::{Phase, School, StartError, session, syncing::Syncer};
use crate::platform::{clock, service_worker};

/// The clock on the wall is looked at this often, in milliseconds.
const CLOCK_MILLIS: u32 = 5_000;
/// The id of the [`Kind::Meta`] record that says whose data this is.
const ACCOUNT: &str = "account";

/// Whose data a store holds; part of the storage format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountCard {
    id: String,
    pub account_id: AccountId,
    pub name: String,
    pub username: String,
    pub download_url: String,
}

impl AccountCard {
    pub(super) fn new(link: AccountLink, name: String, username: String) -> Self {
        let AccountLink { account_id, download_url } = link;
        Self { id: ACCOUNT.to_owned(), account_id, name, username, download_url }
    }

    pub(super) async fn write(&self, store: &IdbStore) -> Result<(), StoreError> {
        let payload = serde_json::to_vec(self)?;
        let record = Record { kind: Kind::Meta, id: ACCOUNT.to_owned(), keys: Vec::new(), payload };
        store.commit(Batch { puts: vec![record], ..Batch::default() }).await
    }

    async fn read(store: &IdbStore) -> Result<Option<Self>, StoreError> {
        let payload = store.get(Kind::Meta, ACCOUNT).await?;
        payload.map(|bytes| json::read(&bytes).map_err(StoreError::from)).transpose()
    }
}

impl School {
    /// Opens the device's data and begins to sync. To be called once.
    #[must_use]
    pub fn start() -> Self {
        let school = Self::empty();
        service_worker::register(move || school.update_ready.set(true));
        let tick = Interval::new(CLOCK_MILLIS, move || {
            let now = clock::local();
            if now.hour_minute() != school.now.get_untracked().hour_minute()
                || now.date() != school.now.get_untracked().date()
            {
                school.now.set(now);
            }
        });
        tick.forget();
        leptos::task::spawn_local(session::end_forgotten_session());
        leptos::task::spawn_local(async move {
            match find().await {
                Ok(Some((store, card))) => school.open(store, card),
                Ok(None) => school.phase.set(Phase::LoggedOut),
                Err(error) => {
                    leptos::logging::error!("opening the device's data: {error}");
                    school.phase.set(Phase::Broken(StartError::NoStorage));
                }
            }
        });
        school
    }

    /// Shows an opened store and begins to sync it.
    pub(super) fn open(self, store: IdbStore, card: AccountCard) {
        let link = AccountLink { account_id: card.account_id, download_url: card.download_url };
        self.account_name.set(card.name);
        self.username.set(card.username);
        self.store.set_value(Some(store.clone()));
        let syncer = Syncer::new(self, store, link);
        self.syncer.set_value(Some(Rc::clone(&syncer)));
        self.phase.set(Phase::Open);
        syncer.begin();
    }
}

/// The account on this device. What a login left half done is cleared away.
async fn find() -> Result<Option<(IdbStore, AccountCard)>, StoreError> {
    let mut found = None;
    for account in accounts().await? {
        let store = match found {
            None => IdbStore::open(&account).await?,
            Some(_) => None,
        };
        let card = match &store {
            Some(store) => AccountCard::read(store).await?,
            None => None,
        };
        match (store, card) {
            (Some(store), Some(card)) => found = Some((store, card)),
            (Some(store), None) => store.destroy().await?,
            (None, _) => IdbStore::destroy_unopened(&account).await?,
        }
    }
    Ok(found)
}
