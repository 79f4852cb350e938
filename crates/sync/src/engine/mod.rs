//! The engine: plan a request from what is stored, send it, interpret the answer, commit.
//!
//! - [`plan`] decides, from what the store holds, what the next request asks: the outbox, the
//!   changes of every type that is known, the next page of every type that is still filling.
//!   An account in which nothing changed costs one request (D5).
//! - [`interpret`] turns the answer into one [`Batch`](crate::store::Batch): objects, outbox and the states that they
//!   belong to. It is a pure function, so a batch that came too late for the outbox is simply
//!   computed again.
//! - [`blobs`] fetches attachments and pictures when everything else is there.
//!
//! Nothing is remembered between requests but what is stored: a device that dies at any instant
//! goes on from the last commit. (One exception: the ids seen during a resynchronisation; when they
//! are lost, that resynchronisation starts again.)

mod blobs;
mod delta;
mod interpret;
mod link;
mod methods;
mod plan;
mod point;
mod tour;

use std::cell::RefCell;

use tornister_protocol::{core::MethodErrorKind, time::UtcDate};

pub use blobs::BlobError;
pub use link::{AccountLink, Limits};
pub use point::{Fill, SyncPoint};

use self::{interpret::Outcome, plan::View, tour::Tour};
use crate::{
    kind::{DataType, Kind},
    store::{Store, StoreError},
    transport::{Transport, TransportError},
};

/// How often a batch is computed again because the user changed something meanwhile.
const MOST_RETRIES: usize = 20;

/// What a running sync tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Records of these kinds were written.
    Committed(Vec<Kind>),
    /// A first sync has fetched so many of so many objects.
    Progress {
        /// Fetched.
        done: u32,
        /// In all, as far as the server has said.
        total: u32,
    },
}

/// How a sync ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Requests sent, blobs not counted.
    pub requests: usize,
    /// Types that the server did not answer for; their data is as old as before.
    pub failed: Vec<(DataType, MethodErrorKind)>,
}

/// Why a sync did not end well. Whatever was committed stays.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The server.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The device.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SyncError {
    /// Whether trying again is pointless without a new login, a new version or more room.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_permanent(),
            Self::Store(error) => !matches!(error, StoreError::OutboxMoved),
        }
    }
}

/// Syncs one account. At most one may be at work on a store at a time (D11); the caller sees to it.
pub struct Engine<S, T> {
    store: S,
    transport: T,
    link: AccountLink,
    /// Ids that a resynchronisation has met so far; what it has not met by its end is gone.
    sweeps: RefCell<interpret::Sweeps>,
}

impl<S: Store, T: Transport> Engine<S, T> {
    /// An engine for the account behind `link`.
    pub fn new(store: S, transport: T, link: AccountLink) -> Self {
        Self { store, transport, link, sweeps: RefCell::default() }
    }

    /// Sends what waits, fetches what is new, until nothing is left. `now` is when it begins.
    ///
    /// # Errors
    /// Where the server cannot be reached or the device cannot write. Everything up to the last
    /// answer is kept.
    pub async fn sync(&self, now: UtcDate, on_event: impl Fn(Event)) -> Result<Report, SyncError> {
        let mut tour = Tour::begin();
        loop {
            let mut view = View::load(&self.store).await?;
            view.restart_lost_sweeps(&mut self.sweeps.borrow_mut());
            let plan = plan::next(&view, &tour, &self.link, now);
            if plan.steps.is_empty() {
                break;
            }
            let response = self.transport.call(&plan.request).await?;
            let answers = interpret::Answers::of(&response);
            let outcome = self.commit(&plan, &answers, &view, &tour, now).await?;
            on_event(Event::Committed(outcome.batch.kinds()));
            if let Some((done, total)) = outcome.progress {
                on_event(Event::Progress { done, total });
            }
            if !tour.take(outcome) {
                break;
            }
        }
        let report = Report { requests: tour.requests, failed: tour.failed };
        self.fetch_wanted_blobs(&on_event).await?;
        Ok(report)
    }

    async fn commit(
        &self,
        plan: &plan::Plan,
        answers: &interpret::Answers<'_>,
        view: &View,
        tour: &Tour,
        now: UtcDate,
    ) -> Result<Outcome, SyncError> {
        let mut outbox = view.outbox.clone();
        let mut tries = 0;
        loop {
            let sweeps = self.sweeps.borrow().clone();
            let (outcome, sweeps) = interpret::interpret(plan, answers, view, &outbox, sweeps, tour, now);
            let outcome = self.sweep(outcome).await?;
            match self.store.commit(outcome.batch.clone()).await {
                Err(StoreError::OutboxMoved) if tries < MOST_RETRIES => {
                    tries += 1;
                    outbox = self.store.outbox().await?;
                }
                Err(error) => return Err(error.into()),
                Ok(()) => {
                    *self.sweeps.borrow_mut() = sweeps;
                    return Ok(outcome);
                }
            }
        }
    }

    /// Adds to the batch what a finished resynchronisation has not met.
    async fn sweep(&self, mut outcome: Outcome) -> Result<Outcome, StoreError> {
        for (data_type, met) in std::mem::take(&mut outcome.swept) {
            for id in self.store.ids(data_type.kind()).await? {
                if !met.contains(&id) {
                    interpret::remove(&mut outcome.batch, data_type, id);
                }
            }
        }
        Ok(outcome)
    }
}
