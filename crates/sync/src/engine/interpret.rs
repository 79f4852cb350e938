//! From an answer to one batch, as a pure function: the objects, the outbox, and the states that
//! they belong to, to be written together or not at all (D5).
//!
//! - [`changes`]: what changed since a state.
//! - [`filling`]: pages, resynchronisation, objects by id, bodies.
//! - [`objects`]: from the server's objects to records.
//! - [`user`]: what became of the user's changes.

mod changes;
mod filling;
mod objects;
mod user;

use tornister_protocol::{
    core::{MethodErrorKind, SetErrorKind},
    time::{LocalDate, UtcDate},
};

pub(super) use filling::compared;
pub(super) use objects::remove;

use super::{
    Policy,
    answers::Answers,
    plan::{Plan, Step, View},
    point::SyncPoint,
    tour::Tour,
};
use crate::{
    json,
    kind::{DataType, Kind},
    outbox::{OutboxRow, Status},
    read::LAST_SYNCED,
    record::Record,
    store::Batch,
};

/// What a server says of a module that the school has switched off (R13). Everything that there is of it, which
/// is nothing, has been synced then.
pub(super) const DENIED: MethodErrorKind = MethodErrorKind::AccountNotSupportedByMethod;

/// The ids that each type's resynchronisation has met.
pub(super) type Sweeps = Vec<(DataType, Vec<String>)>;

/// What follows from an answer.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub batch: Batch,
    /// The kinds of record that were written.
    pub touched: Vec<Kind>,
    /// Types to go on with.
    pub todo: Vec<DataType>,
    /// Types that were not answered.
    pub failed: Vec<(DataType, MethodErrorKind)>,
    /// Types that are compared as a whole from here on.
    pub resynchronised: Vec<DataType>,
    /// Resynchronisations without further pages, with what they have met.
    pub swept: Sweeps,
    /// Types whose module is switched off.
    pub denied: Vec<DataType>,
    /// Whether a page of ids was gone through.
    pub moved: bool,
    /// Ids of what was only read back.
    pub read_back: Vec<String>,
    /// Objects fetched and in all, while any type is filling.
    pub progress: Option<(u32, u32)>,
}

impl Outcome {
    /// Whether the answer has brought neither an object nor news of the user's changes.
    pub(super) fn is_idle(&self) -> bool {
        let batch = &self.batch;
        let news = |row: &OutboxRow| !row.status.waits();
        let old = |kind: &Kind, id: &String| *kind == Kind::SyncPoint || self.read_back.contains(id);
        !self.moved
            && batch.puts.iter().all(|record| old(&record.kind, &record.id))
            && batch.deletes.iter().all(|(kind, id)| old(kind, id))
            && batch.outbox_deletes.is_empty()
            && !batch.outbox_puts.iter().any(news)
    }
}

impl Outcome {
    /// Asks by id for what a resynchronisation without further pages has not met.
    pub(super) fn doubt(&mut self, data_type: DataType, doubted: Vec<String>) {
        let name = data_type.name();
        let of_type = |record: &Record| record.kind == Kind::SyncPoint && record.id == name;
        let Some(place) = self.batch.puts.iter().position(of_type) else { return };
        let Ok(mut point) = json::read::<SyncPoint>(&self.batch.puts[place].payload) else { return };
        if let Some(fill) = &mut point.fill {
            fill.ask.extend(doubted);
            if fill.ask.is_empty() {
                point.complete();
            }
        }
        self.batch.puts[place] = point.record();
    }
}

/// What an answer is read against.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub plan: &'a Plan,
    pub answers: &'a Answers<'a>,
    pub view: &'a View,
    pub tour: &'a Tour,
    pub policy: &'a Policy,
    /// The mails that a page is compared with, by id.
    pub known: &'a [(String, Vec<u8>)],
    pub now: UtcDate,
}

/// The batch that follows from an answer, given the outbox as it is now, and the sweeps after it.
pub(super) fn interpret(context: &Context<'_>, outbox: &[OutboxRow], sweeps: Sweeps) -> (Outcome, Sweeps) {
    let mut work = Work {
        context,
        outcome: Outcome { todo: context.plan.left.clone(), ..Outcome::default() },
        sweeps,
        rows: outbox.to_vec(),
        points: context.view.points.clone(),
    };
    let mut unset = Vec::new();
    for (data_type, step) in &context.plan.steps {
        let is_failed = work.outcome.failed.iter().any(|(failed, _)| failed == data_type);
        // What the server refuses to change it tells all the same.
        let is_told = matches!(step, Step::Delta) && unset.contains(data_type);
        if is_failed && !is_told {
            continue;
        }
        let done = match step {
            Step::Set(rows) => work.set(*data_type, rows),
            Step::Look(ids) => work.look(*data_type, ids),
            Step::Delta => work.delta(*data_type),
            Step::Page(fill, extent) => work.page(*data_type, fill, *extent),
            Step::Ask(ids) => work.ask(*data_type, ids),
            Step::Bodies(wanted) => work.bodies(wanted),
        };
        if let Err(error) = done {
            if matches!(step, Step::Set(_)) && error != DENIED {
                unset.push(*data_type);
            }
            work.fail(*data_type, error);
        }
    }
    work.finish(outbox)
}

struct Work<'a> {
    context: &'a Context<'a>,
    outcome: Outcome,
    sweeps: Sweeps,
    /// The outbox as it will be.
    rows: Vec<OutboxRow>,
    /// The points as they will be.
    points: Vec<SyncPoint>,
}

impl Work<'_> {
    fn today(&self) -> LocalDate {
        LocalDate(self.context.now.0.date())
    }

    fn point(&self, data_type: DataType) -> Option<&SyncPoint> {
        self.points.iter().find(|point| point.id == data_type)
    }

    fn set_point(&mut self, point: SyncPoint) {
        self.points.retain(|it| it.id != point.id);
        self.points.push(point);
    }

    /// Asks for more of the type in the next request.
    fn go_on(&mut self, data_type: DataType) {
        if !self.outcome.todo.contains(&data_type) {
            self.outcome.todo.push(data_type);
        }
    }

    fn fail(&mut self, data_type: DataType, error: MethodErrorKind) {
        if error == DENIED {
            // The school has switched the module off: its data goes (R13), and what waits will never be taken.
            self.points.retain(|point| point.id != data_type);
            self.outcome.denied.push(data_type);
            let of_type = |row: &&mut OutboxRow| row.change.target().is_some_and(|(it, _)| it == data_type);
            for row in self.rows.iter_mut().filter(of_type) {
                row.status = Status::Refused { reason: SetErrorKind::Forbidden, restored: true };
            }
        }
        self.outcome.todo.retain(|it| *it != data_type);
        self.outcome.failed.push((data_type, error));
    }

    /// What still waits is to be sent with the next request.
    fn go_on_with_the_outbox(&mut self) {
        let closed = [&self.context.tour.failed, &self.outcome.failed].map(|failed| failed.clone()).concat();
        let waiting: Vec<DataType> = self
            .rows
            .iter()
            .filter(|row| row.status.waits())
            .filter_map(|row| row.change.target().map(|(data_type, _)| data_type))
            .filter(|waiting| closed.iter().all(|(closed, _)| closed != waiting))
            .collect();
        waiting.into_iter().for_each(|data_type| self.go_on(data_type));
    }

    fn finish(mut self, outbox: &[OutboxRow]) -> (Outcome, Sweeps) {
        self.go_on_with_the_outbox();
        let before = &self.context.view.points;
        let outcome = &mut self.outcome;
        let batch = &mut outcome.batch;
        batch.expected_outbox = Some(outbox.to_vec());
        batch.expected_points = Some(self.context.view.stored_points.clone());
        for row in outbox {
            match self.rows.iter().find(|kept| kept.number == row.number) {
                None => batch.outbox_deletes.push(row.number),
                Some(kept) if kept != row => batch.outbox_puts.push(kept.clone()),
                Some(_) => {}
            }
        }
        let changed = self.points.iter().filter(|point| !before.contains(point));
        batch.puts.extend(changed.map(SyncPoint::record));
        for point in before {
            if self.points.iter().all(|kept| kept.id != point.id) {
                batch.deletes.push((Kind::SyncPoint, point.id.name().to_owned()));
            }
        }
        let fills = || self.points.iter().filter_map(|point| point.fill.as_ref());
        if fills().next().is_some() {
            outcome.progress = Some((fills().map(|it| it.done).sum(), fills().map(|it| it.total).sum()));
        }
        let unsettled = |row: &OutboxRow| match row.status {
            Status::Refused { restored, .. } | Status::Lost { restored } => !restored,
            _ => row.change.target().is_some(),
        };
        let nothing_left = outcome.todo.is_empty() && !self.rows.iter().any(unsettled);
        let mut failed = outcome.failed.iter().chain(&self.context.tour.failed);
        if nothing_left && failed.all(|(_, error)| *error == DENIED) {
            let payload = format!(r#"{{"id":"{LAST_SYNCED}","at":"{}"}}"#, self.context.now).into_bytes();
            let record = Record { kind: Kind::Meta, id: LAST_SYNCED.to_owned(), keys: Vec::new(), payload };
            outcome.batch.puts.push(record);
        }
        (self.outcome, self.sweeps)
    }
}
