//! A device with little room: so many records and no more.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use tornister_sync::{
    kind::Kind,
    outbox::{Change, OutboxRow},
    store::{Batch, KeyRange, MemoryStore, Store, StoreError},
};

/// A store that refuses what it has no room for. Clones share it.
#[derive(Clone, Default)]
pub struct TightStore {
    pub store: MemoryStore,
    /// How many records there may be; `None` where nobody counts.
    pub room: Rc<Cell<Option<usize>>>,
    /// Whether something waits for room.
    refused: Rc<Cell<bool>>,
    /// What was removed to make room, as nobody should have.
    pub sacrificed: Rc<Cell<Option<(Kind, String)>>>,
    /// Whether anything was ever removed to make room.
    pub has_given_up: Rc<Cell<bool>>,
}

impl TightStore {
    pub fn with(store: MemoryStore) -> Self {
        Self { store, ..Self::default() }
    }

    /// Has no room for anything.
    pub fn refuse(&self) -> Result<(), StoreError> {
        self.refused.set(true);
        Err(StoreError::QuotaExceeded)
    }

    /// All records of all kinds.
    pub fn count(&self) -> usize {
        Kind::ALL.iter().map(|kind| block_on(self.store.ids(*kind)).expect("ids").len()).sum()
    }

    fn fits(&self, batch: &Batch) -> bool {
        let Some(room) = self.room.get() else { return true };
        let there = |kind, id: &str| block_on(self.store.get(kind, id)).expect("a get").is_some();
        let more = batch.puts.iter().filter(|record| !there(record.kind, &record.id)).count();
        let less = batch.deletes.iter().filter(|(kind, id)| there(*kind, id)).count();
        (batch.puts.is_empty() && batch.outbox_puts.is_empty())
            || self.count() + more <= room.saturating_add(less)
    }

    /// Looks at what goes to make room: attachments, bodies and wishes for them, none of them of
    /// today's mail.
    fn watch(&self, batch: &Batch, today: &str) {
        for (kind, id) in &batch.deletes {
            self.has_given_up.set(true);
            let mail = id.split('/').next().unwrap_or_default();
            let header = block_on(self.store.get(Kind::Email, mail)).expect("a get").unwrap_or_default();
            let optional = matches!(kind, Kind::Blob | Kind::BlobWanted | Kind::EmailBody | Kind::BodyWanted);
            if !optional || String::from_utf8_lossy(&header).contains(&format!(r#""receivedAt":"{today}"#)) {
                self.sacrificed.set(Some((*kind, id.clone())));
            }
        }
    }

    /// Whether this only ends a wish: for what is there, or for what the server has lost.
    fn is_settled(&self, batch: &Batch) -> bool {
        let there = |id: &str| block_on(self.store.get(Kind::Blob, id)).expect("a get").is_some();
        matches!(batch.deletes.as_slice(), [(Kind::BlobWanted, id)] if there(id) || id.ends_with("/lost"))
    }

    /// The newest day of which there is mail with something to give up.
    fn today(&self) -> String {
        let mut days = Vec::new();
        for kind in [Kind::Blob, Kind::BlobWanted, Kind::EmailBody, Kind::BodyWanted] {
            for id in block_on(self.store.ids(kind)).expect("ids") {
                let mail = id.split('/').next().unwrap_or_default();
                let header = block_on(self.store.get(Kind::Email, mail)).expect("a get").unwrap_or_default();
                let header = String::from_utf8_lossy(&header).into_owned();
                let day = header.split_once(r#""receivedAt":""#).and_then(|(_, rest)| rest.get(..10));
                days.extend(day.map(str::to_owned));
            }
        }
        days.into_iter().max().unwrap_or_else(|| "none".to_owned())
    }
}

impl Store for TightStore {
    async fn get(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(kind, id).await
    }

    async fn some(&self, kind: Kind, ids: &[String]) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.store.some(kind, ids).await
    }

    async fn known(&self, kind: Kind, ids: &[String]) -> Result<Vec<String>, StoreError> {
        self.store.known(kind, ids).await
    }

    async fn range(&self, kind: Kind, range: &KeyRange, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.store.range(kind, range, limit).await
    }

    async fn all(&self, kind: Kind) -> Result<Vec<Vec<u8>>, StoreError> {
        self.store.all(kind).await
    }

    async fn ids(&self, kind: Kind) -> Result<Vec<String>, StoreError> {
        self.store.ids(kind).await
    }

    async fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError> {
        self.store.outbox().await
    }

    async fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        if !self.fits(batch) {
            return self.refuse();
        }
        // A sync's own batch names what it was computed for.
        let is_computed = batch.expected_outbox.is_some() || batch.expected_points.is_some();
        let makes_room = self.refused.get() && !is_computed && batch.puts.is_empty();
        if makes_room && !self.is_settled(batch) && self.sacrificed.take().is_none() {
            self.watch(batch, &self.today());
        }
        if !batch.puts.is_empty() {
            self.refused.set(false);
        }
        self.store.commit(batch).await
    }

    async fn enqueue(&self, change: Change) -> Result<Option<u64>, StoreError> {
        self.store.enqueue(change).await
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.store.clear().await
    }
}
