//! The engine: plan a request from what is stored, send it, interpret the answer, commit.
//!
//! - [`plan`] decides, from what the store holds, what the next request asks: the outbox, the
//!   changes of every type that is known, the next page of every type that is still filling.
//!   An account in which nothing changed costs one request (D5).
//! - [`interpret`] turns the answer into one [`Batch`]: objects, outbox and the states that they
//!   belong to. It is a pure function, so a batch that came too late for the outbox is simply
//!   computed again.
//! - [`ahead`] asks for the next page while this one is written.
//! - [`blobs`] fetches attachments and pictures beside all that ([`Engine::fetch_blobs`]): on a bad line they
//!   must not keep news waiting. What the [`Policy`] leaves on the server is fetched when it is opened
//!   ([`Engine::fetch_body`], [`Engine::fetch_blob`]).
//! - Where the device has no room left, old attachments and bodies make way ([`room`]), and are
//!   fetched again when they are opened.
//! - [`repair()`] mends a store in which something does not open any more.
//! - [`backoff`] and [`push`] help whoever decides when to sync.
//!
//! Nothing is remembered between requests but what is stored: a device that dies at any instant
//! goes on from the last commit. (One exception: the ids seen during a resynchronisation; when they
//! are lost, its pages start again.)

mod ahead;
mod answers;
pub mod backoff;
mod blobs;
mod bodies;
mod delta;
mod interpret;
mod link;
mod methods;
mod plan;
mod point;
mod policy;
pub mod push;
mod repair;
mod request;
mod tour;

use std::cell::{Cell, RefCell};

use futures_util::future::join;
use tornister_protocol::{core::MethodErrorKind, time::UtcDate};

pub use blobs::BlobError;
pub use link::{AccountLink, Limits};
pub use point::{Fill, SyncPoint};
pub use policy::Policy;
pub use repair::repair;

use self::{
    ahead::{Ahead, Asked},
    answers::Answers,
    interpret::{Context, Outcome},
    methods::Extent,
    plan::{Plan, Step, View},
    tour::Tour,
};
use crate::{
    flaw::{self, Flaw},
    kind::{DataType, Kind},
    outbox::{Change, Status},
    record::Record,
    store::{
        Batch, Store, StoreError,
        room::{self, Wish},
    },
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
    /// Types that the server did not answer for, other than those of modules that are switched off; their data
    /// is as old as before.
    pub failed: Vec<(DataType, MethodErrorKind)>,
    /// Numbers of queued changes that this version does not know; they wait for one that does.
    pub unknown: Vec<u64>,
    /// Whether the device had no room, and old attachments or bodies were given up.
    pub made_room: bool,
}

impl Report {
    /// Whether the session goes on without this account: its own login has ended, and the other people's at
    /// this device have not.
    #[must_use]
    pub fn is_logged_out(&self) -> bool {
        let is_gone = |(_, error): &(_, MethodErrorKind)| *error == MethodErrorKind::AccountNotFound;
        !self.failed.is_empty() && self.failed.iter().all(is_gone)
    }
}

/// Why a sync did not end well. Whatever was committed stays.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The server.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The server answered, but not what was asked.
    #[error("the server did not answer: {0:?}")]
    Method(MethodErrorKind),
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
            Self::Method(_) => false,
            Self::Store(error) => !matches!(error, StoreError::OutboxMoved | StoreError::PointsMoved),
        }
    }

    /// When the server wants to be asked again, in seconds; for [`backoff::wait_millis`].
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Transport(TransportError::Unavailable { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }
}

/// Syncs one account. At most one may be at work on a store at a time (D11); the caller sees to it.
/// Where that fails, work is done twice and nothing is lost.
pub struct Engine<S, T> {
    store: S,
    transport: T,
    link: AccountLink,
    policy: Cell<Policy>,
    /// Ids that a resynchronisation has met so far; what it has not met by its end is asked for.
    sweeps: RefCell<interpret::Sweeps>,
    made_room: Cell<bool>,
}

impl<S: Store, T: Transport> Engine<S, T> {
    /// An engine for the account behind `link`, with the usual [`Policy`].
    pub fn new(store: S, transport: T, link: AccountLink) -> Self {
        Self {
            store,
            transport,
            link,
            policy: Cell::default(),
            sweeps: RefCell::default(),
            made_room: Cell::default(),
        }
    }

    /// What is to be kept from the next sync on.
    pub fn set_policy(&self, policy: Policy) {
        self.policy.set(policy);
    }

    /// Sends what waits, fetches what is new, until nothing is left. `now` is when it begins.
    ///
    /// # Errors
    /// Where the server cannot be reached or the device cannot write. Everything up to the last
    /// answer is kept.
    pub async fn sync(&self, now: UtcDate, on_event: impl Fn(Event)) -> Result<Report, SyncError> {
        let mut tour = Tour::begin();
        self.made_room.set(false);
        let mut unknown = Vec::new();
        let mut ahead: Option<Asked> = None;
        loop {
            let policy = self.policy.get();
            let Asked { view, plan, answer } = match ahead.take() {
                Some(asked) => asked,
                None => {
                    let mut view = View::load(&self.store).await?;
                    if tour.requests == 0 {
                        let strange = view
                            .outbox
                            .iter()
                            .filter(|row| row.change == Change::Unknown && row.status.waits());
                        unknown = strange.map(|row| row.number).collect();
                        match self.doubt_what_was_lost(&view, now).await {
                            Ok(None) => {}
                            Ok(Some(kinds)) => {
                                on_event(Event::Committed(kinds));
                                continue;
                            }
                            Err(StoreError::OutboxMoved | StoreError::PointsMoved) if tour.plans_again() => {
                                continue;
                            }
                            Err(error) => return Err(error.into()),
                        }
                    }
                    view.restart_lost_sweeps(&mut self.sweeps.borrow_mut());
                    let plan = plan::next(&view, &tour, &self.link, &policy, now);
                    if plan.steps.is_empty() {
                        break;
                    }
                    match self.mark_sent(&plan, &mut view).await {
                        Err(StoreError::OutboxMoved) if tour.plans_again() => continue,
                        marked => marked?,
                    }
                    let answer = self.transport.call(&plan.request).await;
                    Asked { view, plan, answer }
                }
            };
            let response = match answer {
                Err(_) if flaw::has(Flaw::ForgetsUnanswered) => {
                    let batch = Batch { outbox_deletes: plan.sent().collect(), ..Batch::default() };
                    self.store.commit(&batch).await?;
                    break;
                }
                answer => answer?,
            };
            let answers = Answers::of(&response);
            let context = Context {
                plan: &plan,
                answers: &answers,
                view: &view,
                tour: &tour,
                policy: &policy,
                known: &[],
                now,
            };
            let (outcome, asked) = match self.commit(context).await {
                // Another process was quicker: its answer counts, this one is asked for again.
                Err(SyncError::Store(StoreError::PointsMoved)) if tour.plans_again() => continue,
                committed => committed?,
            };
            ahead = asked;
            on_event(Event::Committed(outcome.touched.clone()));
            if let Some((done, total)) = outcome.progress {
                on_event(Event::Progress { done, total });
            }
            if !tour.take(&outcome) {
                break;
            }
        }
        let mut failed = tour.failed;
        failed.retain(|(_, error)| *error != interpret::DENIED);
        Ok(Report { requests: tour.requests, failed, unknown, made_room: self.made_room.get() })
    }

    /// Where changes were lost, has what they may have touched compared with what the server has; answers the
    /// kinds that were written.
    async fn doubt_what_was_lost(&self, view: &View, now: UtcDate) -> Result<Option<Vec<Kind>>, StoreError> {
        let Some(mut batch) = repair::of_lost_changes(view, now) else { return Ok(None) };
        self.write(&mut batch, Wish::Device).await?;
        Ok(Some(batch.kinds()))
    }

    /// Notes in the outbox what is about to be sent, so that nothing takes its place before the
    /// server was heard.
    async fn mark_sent(&self, plan: &Plan, view: &mut View) -> Result<(), StoreError> {
        let expected_outbox = Some(view.outbox.clone());
        let mut outbox_puts = Vec::new();
        for number in plan.sent() {
            if let Some(row) = view.outbox.iter_mut().find(|row| row.number == number) {
                row.status = Status::Sent;
                outbox_puts.push(row.clone());
            }
        }
        if outbox_puts.is_empty() {
            return Ok(());
        }
        let mut batch = Batch { outbox_puts, expected_outbox, ..Batch::default() };
        self.write(&mut batch, Wish::Device).await.map(|_| ())
    }

    /// Writes, making room where there is none; answers the kinds touched beyond the batch's own.
    async fn write(&self, batch: &mut Batch, wish: Wish) -> Result<Vec<Kind>, StoreError> {
        let beyond = room::commit(&self.store, batch, wish).await?;
        self.made_room.set(self.made_room.get() || !beyond.is_empty());
        Ok(beyond)
    }

    /// Writes what follows from an answer, and meanwhile asks for what comes next.
    async fn commit(&self, context: Context<'_>) -> Result<(Outcome, Option<Asked>), SyncError> {
        let mut outbox = context.view.outbox.clone();
        let mut tries = 0;
        loop {
            let known = self.known(&context).await?;
            let context = Context { known: &known, ..context };
            let sweeps = self.sweeps.borrow().clone();
            let (mut outcome, sweeps) = interpret::interpret(&context, &outbox, sweeps);
            self.complete(&mut outcome).await?;
            let next = (&self.link, context.policy, context.now);
            let next = Ahead::of(context.view, &outcome, context.tour, next);
            let batch = &mut outcome.batch;
            if flaw::has(Flaw::DropsLateTick) {
                batch.expected_outbox = None;
            }
            if flaw::has(Flaw::StateBeforeObjects) {
                let (puts, rest) = batch.puts.drain(..).partition(|it| it.kind == Kind::SyncPoint);
                self.store.commit(&Batch { puts, ..Batch::default() }).await?;
                (batch.puts, batch.expected_points) = (rest, None);
            }
            let asked = async {
                let next = next?;
                let answer = self.transport.call(next.request()).await;
                Some(next.answered(answer))
            };
            let (written, asked) = join(self.write(batch, Wish::Device), asked).await;
            match written {
                Err(StoreError::OutboxMoved) if tries < MOST_RETRIES => {
                    tries += 1;
                    outbox = self.store.outbox().await?;
                }
                Err(error) => return Err(error.into()),
                Ok(beyond) => {
                    *self.sweeps.borrow_mut() = sweeps;
                    outcome.touched = outcome.batch.kinds();
                    outcome.touched.extend(beyond);
                    return Ok((outcome, asked));
                }
            }
        }
    }

    /// The mails that a page of a resynchronisation is compared with.
    async fn known(&self, context: &Context<'_>) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let compares = |(_, step): &(DataType, Step)| matches!(step, Step::Page(_, Some(Extent::Mutable)));
        if !context.plan.steps.iter().any(compares) {
            return Ok(Vec::new());
        }
        self.store.some(Kind::Email, &interpret::compared(context.answers)).await
    }

    /// Adds to the batch what only the store knows: what a resynchronisation has not met, what goes
    /// with a module, and which bodies are there already.
    async fn complete(&self, outcome: &mut Outcome) -> Result<(), StoreError> {
        for (data_type, met) in std::mem::take(&mut outcome.swept) {
            let mut doubted = self.store.ids(data_type.kind()).await?;
            doubted.retain(|id| !met.contains(id));
            if flaw::has(Flaw::SweepsUnasked) {
                doubted.drain(..).for_each(|id| interpret::remove(&mut outcome.batch, data_type, id));
            }
            outcome.doubt(data_type, doubted);
        }
        for data_type in std::mem::take(&mut outcome.denied) {
            for id in self.store.ids(data_type.kind()).await? {
                interpret::remove(&mut outcome.batch, data_type, id);
            }
        }
        let wanted = outcome.batch.puts.iter().filter(|record| record.kind == Kind::BodyWanted);
        let wanted: Vec<String> = wanted.map(|record| record.id.clone()).collect();
        if !wanted.is_empty() {
            let there = self.store.known(Kind::EmailBody, &wanted).await?;
            let is_there = |record: &Record| there.contains(&record.id);
            outcome.batch.puts.retain(|record| record.kind != Kind::BodyWanted || !is_there(record));
        }
        Ok(())
    }
}
