//! The next page is asked for while this one is written: over a slow line it is under way meanwhile.
//!
//! What will be stored is a guess until it is. So an answer to it is committed like any other, against
//! the outbox and the points that it was made for; where the guess was wrong it is asked for again.

use tornister_protocol::{
    core::{Request, Response},
    time::UtcDate,
};

use super::{
    AccountLink, Policy,
    interpret::Outcome,
    plan::{self, Plan, View},
    tour::Tour,
};
use crate::{json, kind::Kind, transport::TransportError};

/// A request that was sent, and what it was made from.
pub(super) struct Asked {
    pub view: View,
    pub plan: Plan,
    pub answer: Result<Response, TransportError>,
}

/// A request that may be sent before what it follows from is written.
pub(super) struct Ahead {
    view: View,
    plan: Plan,
}

impl Ahead {
    /// The request after this outcome. `None` where nothing is left to ask, and where it is not plain
    /// what will be stored: the user's changes are marked as sent before they are.
    pub(super) fn of(
        view: &View,
        outcome: &Outcome,
        tour: &Tour,
        (link, policy, now): (&AccountLink, &Policy, UtcDate),
    ) -> Option<Self> {
        let batch = &outcome.batch;
        // The outbox as it is now, in which something may wait that the view has not seen.
        let is_plain = view.outbox.is_empty()
            && batch.expected_outbox.as_ref().is_some_and(Vec::is_empty)
            && view.bodies.is_empty()
            && batch.puts.iter().all(|record| record.kind != Kind::BodyWanted);
        let mut tour = tour.clone();
        if !is_plain || outcome.todo.is_empty() || !tour.take(outcome) {
            return None;
        }
        let view = after(view, outcome)?;
        let plan = plan::next(&view, &tour, link, policy, now);
        (!plan.steps.is_empty()).then_some(Self { view, plan })
    }

    pub(super) fn request(&self) -> &Request {
        &self.plan.request
    }

    pub(super) fn answered(self, answer: Result<Response, TransportError>) -> Asked {
        Asked { view: self.view, plan: self.plan, answer }
    }
}

/// What will be stored. `None` where a point is there that this version cannot read.
fn after(view: &View, outcome: &Outcome) -> Option<View> {
    if view.points.len() != view.stored_points.len() {
        return None;
    }
    let stored = view.points.iter().map(|point| point.id.name()).zip(view.stored_points.iter());
    let batch = &outcome.batch;
    let put = || batch.puts.iter().filter(|record| record.kind == Kind::SyncPoint);
    let goes = |name: &str| {
        batch.deletes.iter().any(|(kind, id)| *kind == Kind::SyncPoint && id == name)
            || put().any(|record| record.id == name)
    };
    let kept =
        stored.filter(|(name, _)| !goes(name)).map(|(name, payload)| (name.to_owned(), payload.clone()));
    let new = put().map(|record| (record.id.clone(), record.payload.clone()));
    let mut stored: Vec<(String, Vec<u8>)> = kept.chain(new).collect();
    stored.sort();
    let stored_points: Vec<Vec<u8>> = stored.into_iter().map(|(_, payload)| payload).collect();
    let points = stored_points.iter().map(|payload| json::read(payload).ok()).collect::<Option<Vec<_>>>()?;
    Some(View { points, stored_points, ..View::default() })
}
