//! Where records are kept. A store holds one account of one person on one device.
//!
//! Invariants that every store keeps, and the conformance suite checks:
//! - A [`Batch`] is written whole or not at all.
//! - An id has at most one record of a kind; a later put replaces payload and keys.
//! - A range answers in key order; a record stands in it once for each of its keys inside.
//! - Outbox rows keep the order in which they were queued, and a number is never used twice.

#[cfg(feature = "conformance")]
pub mod conformance;
mod memory;
pub mod room;

pub use memory::MemoryStore;

use crate::{
    kind::Kind,
    outbox::{Change, OutboxRow},
    record::Record,
};

/// A half-open range of index keys: `from` is in, `to` is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key that may be in.
    pub from: String,
    /// The first key that is beyond.
    pub to: String,
}

/// What a store can be asked, for those who ask ahead of those who will want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// [`Store::get`].
    Record(Kind, String),
    /// [`Store::range`].
    List(Kind, KeyRange, usize),
    /// [`Store::outbox`].
    Outbox,
}

/// What is written at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Records to write; the last put of an id wins.
    pub puts: Vec<Record>,
    /// Records to remove; done before the puts.
    pub deletes: Vec<(Kind, String)>,
    /// Every record of the kind whose id begins so is removed; done before the puts.
    pub delete_prefixes: Vec<(Kind, String)>,
    /// Outbox rows to replace, by their number.
    pub outbox_puts: Vec<OutboxRow>,
    /// Numbers of outbox rows to remove.
    pub outbox_deletes: Vec<u64>,
    /// Where given, the rows that the outbox must hold right now; otherwise nothing is written and
    /// the answer is [`StoreError::OutboxMoved`]. A sync that laid the user's waiting changes over
    /// the server's objects thereby never overwrites one made meanwhile, nor what another process
    /// has learned of one.
    pub expected_outbox: Option<Vec<OutboxRow>>,
    /// Where given, the payloads of all [`Kind::SyncPoint`] records right now, in the order of their
    /// ids; otherwise nothing is written and the answer is [`StoreError::PointsMoved`]. Of two
    /// processes that sync at once, the one whose answer is older thereby never has the last word.
    pub expected_points: Option<Vec<Vec<u8>>>,
    /// Where given, a record that must be there right now; otherwise nothing is written and the
    /// answer is [`StoreError::Gone`]. What hangs on a record never outlives it thereby.
    pub only_with: Option<(Kind, String)>,
}

impl Batch {
    /// The kinds of record that it touches, each once.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let puts = self.puts.iter().map(|record| record.kind);
        let deletes = self.deletes.iter().chain(&self.delete_prefixes).map(|(kind, _)| *kind);
        let mut kinds: Vec<Kind> = puts.chain(deletes).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }
}

/// Why a store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// See [`Batch::expected_outbox`]; look again and retry.
    #[error("the outbox has changed meanwhile")]
    OutboxMoved,
    /// See [`Batch::expected_points`]; plan again.
    #[error("another process has synced meanwhile")]
    PointsMoved,
    /// See [`Batch::only_with`].
    #[error("the record that this belongs to is gone")]
    Gone,
    /// The device has no room left.
    #[error("the device has no room left")]
    QuotaExceeded,
    /// The storage was closed beneath the store: another tab upgrades or deletes it, or the browser
    /// has taken it away.
    #[error("the storage was closed")]
    Closed,
    /// A newer version of the app has made the storage, which this one cannot read.
    #[error("a newer version of the app has made the storage")]
    Newer,
    /// A record cannot be unsealed: another key, or bytes that were changed.
    #[error("a stored {kind:?} cannot be opened")]
    Unreadable {
        /// What it is.
        kind: Kind,
    },
    /// A payload is not what its kind has.
    #[error("a stored record cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The storage below failed; the text is for developers.
    #[error("storage failed: {0}")]
    Backend(String),
}

/// Where records are kept.
#[expect(async_fn_in_trait, reason = "page and worker are single-threaded; no future crosses threads")]
pub trait Store {
    /// A record's payload.
    async fn get(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Those of these records that are there, each with its id, by one look at the storage.
    async fn some(&self, kind: Kind, ids: &[String]) -> Result<Vec<(String, Vec<u8>)>, StoreError>;

    /// Those of these ids of which there is a record; costs less than to read them.
    async fn known(&self, kind: Kind, ids: &[String]) -> Result<Vec<String>, StoreError>;

    /// At most `limit` payloads whose keys lie in `range`, in key order.
    async fn range(&self, kind: Kind, range: &KeyRange, limit: usize) -> Result<Vec<Vec<u8>>, StoreError>;

    /// All payloads of a kind, in the order of their ids.
    async fn all(&self, kind: Kind) -> Result<Vec<Vec<u8>>, StoreError>;

    /// All ids of a kind, in order.
    async fn ids(&self, kind: Kind) -> Result<Vec<String>, StoreError>;

    /// The whole outbox, oldest first.
    async fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError>;

    /// Writes a batch, whole or not at all.
    async fn commit(&self, batch: &Batch) -> Result<(), StoreError>;

    /// Queues a change of the user's and shows it at once: the record is changed and the row added
    /// together ([`crate::outbox::apply`]), with a name of its own. A pending row that the change overrides is
    /// replaced.
    /// Answers the row's number, or `None` where the record is gone or already so.
    async fn enqueue(&self, change: Change) -> Result<Option<u64>, StoreError>;

    /// Removes everything.
    async fn clear(&self) -> Result<(), StoreError>;
}
