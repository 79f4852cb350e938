//! A store and a transport that stop before and after every effect, so that whoever drives the
//! engine decides what happens next: it goes on, somebody else comes first, or the process dies.

use std::{
    cell::Cell,
    future::poll_fn,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    rc::Rc,
    task::Poll,
};

use tornister_protocol::core::{Request, Response, Session};
use tornister_sync::{
    kind::Kind,
    outbox::{Change, OutboxRow},
    store::{Batch, KeyRange, Store, StoreError},
    transport::{Transport, TransportError},
};

use crate::{server::Server, tight::TightStore};

/// What the device's effects have in common.
#[derive(Default)]
pub struct Device {
    /// Whether the storage is full.
    pub full: Cell<bool>,
    digest: Cell<u64>,
}

impl Device {
    /// Lets whoever drives the engine decide.
    async fn pause(&self, effect: &str) {
        self.note(effect);
        let mut paused = false;
        poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    /// Takes something that happened into the digest.
    pub fn note(&self, what: impl std::hash::Hash) {
        let mut hasher = DefaultHasher::new();
        self.digest.get().hash(&mut hasher);
        what.hash(&mut hasher);
        self.digest.set(hasher.finish());
    }

    /// The digest of everything that happened.
    pub fn digest(&self) -> u64 {
        self.digest.get()
    }
}

/// A batch as far as two runs may differ in it.
fn digested(batch: &Batch) -> impl std::hash::Hash + '_ {
    let puts: Vec<_> = batch.puts.iter().map(|it| (it.kind, &it.id, &it.payload)).collect();
    let rows: Vec<_> = batch.outbox_puts.iter().map(|row| format!("{row:?}")).collect();
    (puts, &batch.deletes, &batch.delete_prefixes, rows, &batch.outbox_deletes)
}

/// A store that can be stopped.
#[derive(Clone)]
pub struct SlowStore {
    pub store: TightStore,
    pub device: Rc<Device>,
}

/// Stops before and after.
macro_rules! slowly {
    ($self:ident, $name:literal, $effect:expr) => {{
        $self.device.pause($name).await;
        let answer = $effect;
        $self.device.pause("after").await;
        answer
    }};
}

impl Store for SlowStore {
    async fn get(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        slowly!(self, "get", self.store.get(kind, id).await)
    }

    async fn some(&self, kind: Kind, ids: &[String]) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        slowly!(self, "some", self.store.some(kind, ids).await)
    }

    async fn known(&self, kind: Kind, ids: &[String]) -> Result<Vec<String>, StoreError> {
        slowly!(self, "known", self.store.known(kind, ids).await)
    }

    async fn range(&self, kind: Kind, range: &KeyRange, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        slowly!(self, "range", self.store.range(kind, range, limit).await)
    }

    async fn all(&self, kind: Kind) -> Result<Vec<Vec<u8>>, StoreError> {
        slowly!(self, "all", self.store.all(kind).await)
    }

    async fn ids(&self, kind: Kind) -> Result<Vec<String>, StoreError> {
        slowly!(self, "ids", self.store.ids(kind).await)
    }

    async fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError> {
        slowly!(self, "outbox", self.store.outbox().await)
    }

    async fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.device.note(digested(batch));
        let takes_room = !batch.puts.is_empty() || !batch.outbox_puts.is_empty();
        slowly!(
            self,
            "commit",
            if takes_room && self.device.full.get() {
                self.store.refuse()
            } else {
                self.store.commit(batch).await
            }
        )
    }

    async fn enqueue(&self, change: Change) -> Result<Option<u64>, StoreError> {
        slowly!(self, "enqueue", self.store.enqueue(change).await)
    }

    async fn clear(&self) -> Result<(), StoreError> {
        slowly!(self, "clear", self.store.clear().await)
    }
}

/// A transport that can be stopped.
#[derive(Clone)]
pub struct SlowLine {
    pub server: Server,
    pub device: Rc<Device>,
}

impl Transport for SlowLine {
    async fn session(&self) -> Result<Session, TransportError> {
        self.server.session().await
    }

    async fn call(&self, request: &Request) -> Result<Response, TransportError> {
        request.method_calls.iter().for_each(|call| self.device.note((call.call_id(), call.arguments())));
        // A request travels for a while; what is written meanwhile may be done before it arrives, or after.
        for _ in 0..self.device.digest() % 4 {
            self.device.pause("travelling").await;
        }
        slowly!(self, "call", self.server.call(request).await)
    }

    async fn download(&self, url: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        slowly!(self, "download", self.server.download(url, limit).await)
    }
}
