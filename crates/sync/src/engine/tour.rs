//! What one sync remembers of itself while it runs, so that it ends whatever the server says.

use tornister_protocol::core::MethodErrorKind;

use super::interpret::Outcome;
use crate::{
    flaw::{self, Flaw},
    kind::DataType,
};

/// A server that always has "more" must not keep a phone awake for ever; the next sync goes on.
const MOST_REQUESTS: usize = 2_000;
/// So often in a row a sync may be overtaken by the user or by another process before it gives way.
const MOST_OVERTAKEN: usize = 20;
/// So many requests in a row may bring nothing new.
const MOST_IDLE: usize = 5;

/// One sync.
#[derive(Clone, Debug)]
pub(super) struct Tour {
    /// Types to ask for, or to ask for once more.
    pub todo: Vec<DataType>,
    /// Types that the server did not answer for, and why; they are left alone until the next sync.
    pub failed: Vec<(DataType, MethodErrorKind)>,
    /// Types that were read anew. A server that cannot calculate what changed since a moment ago
    /// is asked again in the next sync.
    pub resynchronised: Vec<DataType>,
    /// Requests sent.
    pub requests: usize,
    idle: usize,
    overtaken: usize,
}

impl Tour {
    pub(super) fn begin() -> Self {
        let todo = DataType::ALL.to_vec();
        Self { todo, failed: Vec::new(), resynchronised: Vec::new(), requests: 0, idle: 0, overtaken: 0 }
    }

    /// Whether the type may be asked for.
    pub(super) fn is_open(&self, data_type: DataType) -> bool {
        self.failed.iter().all(|(failed, _)| *failed != data_type)
    }

    /// Counts a plan that the user or another process has overtaken; `false` where that has no end.
    pub(super) fn plans_again(&mut self) -> bool {
        self.overtaken += 1;
        self.overtaken <= MOST_OVERTAKEN
    }

    /// Takes up what an answer has brought; `false` where no other request may follow.
    pub(super) fn take(&mut self, outcome: &Outcome) -> bool {
        let idle = outcome.is_idle();
        self.todo.clone_from(&outcome.todo);
        self.failed.extend_from_slice(&outcome.failed);
        self.resynchronised.extend_from_slice(&outcome.resynchronised);
        self.idle = if idle { self.idle + 1 } else { 0 };
        self.overtaken = 0;
        self.requests += 1;
        if (self.requests < MOST_REQUESTS && self.idle < MOST_IDLE) || flaw::has(Flaw::NeverEnds) {
            return true;
        }
        let unfinished = std::mem::take(&mut self.todo);
        self.failed.extend(unfinished.into_iter().map(|it| (it, MethodErrorKind::ServerPartialFail)));
        false
    }
}
