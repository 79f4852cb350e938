//! From an answer to one batch, as a pure function: the objects, the outbox, and the states that
//! they belong to, to be written together or not at all (D5).

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use tornister_protocol::{
    core::{
        ChangesResponse, GetResponse, Invocation, MethodError, MethodErrorKind, QueryResponse, Response,
        SetError, SetErrorKind,
    },
    id::State,
    time::{LocalDate, UtcDate},
};

use super::{
    blobs,
    delta::{self, Delta},
    methods,
    plan::{Plan, Step, View, call, call_id},
    point::{self, Fill, SyncPoint},
    tour::Tour,
};
use crate::{
    kind::{DataType, Kind},
    outbox::{self, Change, OutboxRow, Status},
    read::LAST_SYNCED,
    record::Record,
    store::Batch,
};

/// The ids that each type's resynchronisation has met.
pub(super) type Sweeps = Vec<(DataType, Vec<String>)>;

/// What follows from an answer.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub batch: Batch,
    /// Types to go on with.
    pub todo: Vec<DataType>,
    /// Types that were not answered.
    pub failed: Vec<(DataType, MethodErrorKind)>,
    /// Types that are read anew from here on.
    pub resynchronised: Vec<DataType>,
    /// Resynchronisations that are complete: everything else of the type is gone.
    pub swept: Sweeps,
    /// Objects fetched and in all, while any type is filling.
    pub progress: Option<(u32, u32)>,
}

impl Outcome {
    /// Whether the answer has brought neither an object nor news of the user's changes.
    pub(super) fn is_idle(&self) -> bool {
        let batch = &self.batch;
        let brought = batch.puts.iter().any(|record| record.kind != Kind::SyncPoint);
        !brought
            && batch.deletes.is_empty()
            && batch.outbox_puts.is_empty()
            && batch.outbox_deletes.is_empty()
    }
}

/// An answer's parts. Answers to calls that were never made are ignored, and of several answers to
/// one call the first counts: the order does not matter.
pub(super) struct Answers<'a>(&'a [Invocation]);

impl<'a> Answers<'a> {
    pub(super) fn of(response: &'a Response) -> Self {
        Self(&response.method_responses)
    }

    fn read<T: Deserialize<'a>>(&self, data_type: DataType, call: &str) -> Result<T, MethodErrorKind> {
        let call_id = call_id(data_type, call);
        let Some(answer) = self.0.iter().find(|answer| answer.call_id() == call_id) else {
            return Err(MethodErrorKind::ServerPartialFail);
        };
        if answer.name() == "error" {
            let error: Result<MethodError, _> = serde_json::from_str(answer.arguments());
            return Err(error.map_or(MethodErrorKind::Unknown, |error| error.kind));
        }
        serde_json::from_str(answer.arguments()).map_err(|_| MethodErrorKind::ServerPartialFail)
    }
}

/// Of the answer to a `/set` what becomes of the outbox (RFC 8620 §5.3).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetAnswer {
    #[serde(default)]
    updated: Option<BTreeMap<String, IgnoredAny>>,
    #[serde(default)]
    not_updated: Option<BTreeMap<String, SetError>>,
}

/// The batch that follows from an answer, given the outbox as it is now, and the sweeps after it.
pub(super) fn interpret(
    plan: &Plan,
    answers: &Answers<'_>,
    view: &View,
    outbox: &[OutboxRow],
    sweeps: Sweeps,
    tour: &Tour,
    now: UtcDate,
) -> (Outcome, Sweeps) {
    let mut work = Work {
        answers,
        outcome: Outcome { todo: plan.left.clone(), ..Outcome::default() },
        sweeps,
        rows: outbox.to_vec(),
        points: view.points.clone(),
        tour,
        now,
    };
    for (data_type, step) in &plan.steps {
        if work.outcome.failed.iter().any(|(failed, _)| failed == data_type) {
            continue;
        }
        let done = match step {
            Step::Set { rows } => work.set(*data_type, rows),
            Step::Restore { rows } => work.restore(*data_type, rows),
            Step::Delta => work.delta(*data_type),
            Step::Fill { fill, whole } => work.fill(*data_type, fill, *whole),
        };
        if let Err(error) = done {
            work.fail(*data_type, error);
        }
    }
    work.finish(outbox, &view.points)
}

/// Removes an object and what hangs on it.
pub(super) fn remove(batch: &mut Batch, data_type: DataType, id: String) {
    if data_type == DataType::Email {
        batch.delete_prefixes.push((Kind::Blob, format!("{id}/")));
        batch.delete_prefixes.push((Kind::BlobWanted, format!("{id}/")));
        batch.deletes.push((Kind::EmailBody, id.clone()));
    }
    batch.deletes.push((data_type.kind(), id));
}

struct Work<'a> {
    answers: &'a Answers<'a>,
    outcome: Outcome,
    sweeps: Sweeps,
    /// The outbox as it will be.
    rows: Vec<OutboxRow>,
    /// The points as they will be.
    points: Vec<SyncPoint>,
    tour: &'a Tour,
    now: UtcDate,
}

impl<'a> Work<'a> {
    fn set(&mut self, data_type: DataType, sent: &[(u64, String)]) -> Result<(), MethodErrorKind> {
        let refused_whole = |error| {
            matches!(
                error,
                MethodErrorKind::Forbidden
                    | MethodErrorKind::AccountReadOnly
                    | MethodErrorKind::InvalidArguments
                    | MethodErrorKind::UnknownMethod
            )
        };
        let answer = match self.answers.read::<SetAnswer>(data_type, call::SET) {
            Ok(answer) => answer,
            Err(error) if refused_whole(error) => {
                sent.iter().for_each(|(number, _)| self.refuse(*number, SetErrorKind::Forbidden));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for (number, id) in sent {
            if answer.updated.as_ref().is_some_and(|updated| updated.contains_key(id)) {
                self.rows.retain(|row| row.number != *number);
            } else if let Some(error) = answer.not_updated.as_ref().and_then(|refused| refused.get(id)) {
                match error.kind {
                    SetErrorKind::RateLimit => return Err(MethodErrorKind::ServerUnavailable),
                    reason => self.refuse(*number, reason),
                }
            } else {
                return Err(MethodErrorKind::ServerPartialFail);
            }
        }
        Ok(())
    }

    fn refuse(&mut self, number: u64, reason: SetErrorKind) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.number == number) {
            row.status = Status::Refused { reason, restored: false };
        }
    }

    fn restore(&mut self, data_type: DataType, asked: &[(u64, String)]) -> Result<(), MethodErrorKind> {
        let answer: GetResponse<&RawValue> = self.answers.read(data_type, call::RESTORE)?;
        let ids: Vec<String> = asked.iter().map(|(_, id)| id.clone()).collect();
        let records = delta::objects(data_type.kind(), &ids, &answer).map_err(contradiction)?;
        for id in answer.not_found {
            remove(&mut self.outcome.batch, data_type, id);
        }
        for (number, _) in asked {
            let row = self.rows.iter_mut().find(|row| row.number == *number);
            if let Some(OutboxRow { status: Status::Refused { restored, .. }, .. }) = row {
                *restored = true;
            }
        }
        self.put(data_type, records);
        Ok(())
    }

    fn point(&self, data_type: DataType) -> Option<&SyncPoint> {
        self.points.iter().find(|point| point.id == data_type)
    }

    fn set_point(&mut self, point: SyncPoint) {
        self.points.retain(|it| it.id != point.id);
        self.points.push(point);
    }

    fn met(&mut self, data_type: DataType) -> Option<&mut Vec<String>> {
        self.sweeps.iter_mut().find(|(swept, _)| *swept == data_type).map(|(_, met)| met)
    }

    fn go_on(&mut self, data_type: DataType) {
        if !self.outcome.todo.contains(&data_type) {
            self.outcome.todo.push(data_type);
        }
    }

    /// Everything is fetched again; what is not met by the end is gone.
    fn resynchronise(&mut self, data_type: DataType) -> Result<(), MethodErrorKind> {
        if self.tour.resynchronised.contains(&data_type) {
            return Err(MethodErrorKind::CannotCalculateChanges);
        }
        let monday = LocalDate(self.now.0.date()).monday();
        self.set_point(SyncPoint::resynchronise(data_type, monday));
        self.sweeps.retain(|(swept, _)| *swept != data_type);
        self.sweeps.push((data_type, Vec::new()));
        self.outcome.resynchronised.push(data_type);
        self.go_on(data_type);
        Ok(())
    }

    fn delta(&mut self, data_type: DataType) -> Result<(), MethodErrorKind> {
        let Some(point) = self.point(data_type).cloned() else { return Ok(()) };
        let changes: ChangesResponse = match self.answers.read(data_type, call::CHANGES) {
            Err(MethodErrorKind::CannotCalculateChanges) => return self.resynchronise(data_type),
            answer => answer?,
        };
        let main = data_type.kind();
        let created: GetResponse<&RawValue> = self.answers.read(data_type, call::CREATED)?;
        let updated: GetResponse<&RawValue> = self.answers.read(data_type, call::UPDATED)?;
        let constant = methods::constant_part(data_type)
            .map(|part| Ok((part.kind, self.answers.read(data_type, call::CREATED_CONSTANT)?)))
            .transpose()?;
        let mut of_created = vec![(main, &created)];
        if let Some((kind, answer)) = &constant {
            of_created.push((*kind, answer));
        }
        let delta = Delta::new(changes, &of_created, &[(main, &updated)]).map_err(contradiction)?;
        self.meet(data_type, &delta.puts);
        for id in delta.destroyed {
            if let Some(met) = self.met(data_type) {
                met.retain(|it| *it != id);
            }
            remove(&mut self.outcome.batch, data_type, id);
        }
        self.put(data_type, delta.puts);
        if delta.more {
            self.go_on(data_type);
        }
        self.set_point(SyncPoint { state: Some(delta.new_state), ..point });
        Ok(())
    }

    fn fill(&mut self, data_type: DataType, fill: &Fill, whole: bool) -> Result<(), MethodErrorKind> {
        if self.outcome.resynchronised.contains(&data_type) {
            // This page belongs to a filling that was just given up.
            return Ok(());
        }
        let page: GetResponse<&RawValue> = match self.answers.read(data_type, call::PAGE) {
            Ok(page) => page,
            Err(error) => return self.fill_failed(data_type, fill, error),
        };
        let main = data_type.kind();
        let ids: Vec<String>;
        let mut next = fill.clone();
        let phase_over = if whole {
            ids = Vec::new();
            let all = page.list.iter().map(|object| Record::from_object(main, object));
            let records =
                all.collect::<Result<Vec<_>, _>>().map_err(|_| MethodErrorKind::ServerPartialFail)?;
            self.meet(data_type, &records);
            self.put(data_type, records);
            true
        } else {
            let query: QueryResponse = self.answers.read(data_type, call::QUERY)?;
            ids = query.ids;
            let stuck = ids.last().is_some_and(|last| fill.after.as_deref() == Some(last));
            if stuck {
                return Err(MethodErrorKind::ServerPartialFail);
            }
            let mut records = delta::objects(main, &ids, &page).map_err(contradiction)?;
            if let Some(part) = methods::constant_part(data_type) {
                let answer: GetResponse<&RawValue> = self.answers.read(data_type, call::PAGE_CONSTANT)?;
                records.extend(delta::objects(part.kind, &ids, &answer).map_err(contradiction)?);
            }
            self.meet(data_type, &records);
            self.put(data_type, records);
            let until_here = query.position + ids.len();
            let rest = query.total.map_or(0, |total| total.saturating_sub(until_here));
            next.done += u32::try_from(ids.len()).unwrap_or(0);
            next.total = next.done.saturating_add(u32::try_from(rest).unwrap_or(u32::MAX));
            ids.is_empty() || query.total.is_some_and(|total| until_here >= total)
        };
        let known = self.point(data_type).and_then(|point| point.state.clone());
        let state = known.unwrap_or(page.state);
        self.advance(data_type, next, ids.last().cloned(), phase_over, state);
        Ok(())
    }

    /// Goes on to the next page, the next phase, or to being complete.
    fn advance(
        &mut self,
        data_type: DataType,
        mut fill: Fill,
        last: Option<String>,
        phase_over: bool,
        state: State,
    ) {
        if phase_over {
            fill.phase += 1;
            fill.after = None;
        } else {
            fill.after = last;
        }
        let complete = !methods::is_paged(data_type)
            || methods::query(data_type, fill.phase, fill.monday, false).is_none();
        if complete && let Some(met) = self.met(data_type).map(std::mem::take) {
            self.sweeps.retain(|(swept, _)| *swept != data_type);
            self.outcome.swept.push((data_type, met));
        }
        if !complete {
            self.go_on(data_type);
        }
        let fill = (!complete).then_some(fill);
        self.set_point(SyncPoint { id: data_type, state: Some(state), fill });
    }

    fn fill_failed(
        &mut self,
        data_type: DataType,
        fill: &Fill,
        error: MethodErrorKind,
    ) -> Result<(), MethodErrorKind> {
        let query: Result<QueryResponse, _> = self.answers.read(data_type, call::QUERY);
        let anchor_gone = matches!(query, Err(MethodErrorKind::AnchorNotFound));
        if let (true, Some(point)) = (anchor_gone && fill.after.is_some(), self.point(data_type).cloned()) {
            // The object at the page's end is gone: this phase begins again; what is there stays.
            let fill = Some(Fill { after: None, done: 0, total: 0, ..fill.clone() });
            self.set_point(SyncPoint { fill, ..point });
            self.go_on(data_type);
            return Ok(());
        }
        Err(query.err().unwrap_or(error))
    }

    /// Notes what a resynchronisation has met.
    fn meet(&mut self, data_type: DataType, records: &[Record]) {
        if let Some(met) = self.met(data_type) {
            let own = records.iter().filter(|record| record.kind == data_type.kind());
            met.extend(own.map(|record| record.id.clone()));
        }
    }

    /// Writes the server's objects, with the user's waiting changes laid over them.
    fn put(&mut self, data_type: DataType, records: Vec<Record>) {
        let received =
            records.iter().filter(|it| it.kind == Kind::Email).filter_map(blobs::received_at).collect();
        for record in &records {
            if record.kind == Kind::EmailBody {
                self.outcome.batch.puts.extend(blobs::wanted(record, &received, self.now));
            }
        }
        for record in records {
            let record = self.with_waiting_changes(data_type, record);
            self.outcome.batch.puts.push(record);
        }
    }

    fn with_waiting_changes(&self, data_type: DataType, record: Record) -> Record {
        let waiting: Vec<&Change> = self
            .rows
            .iter()
            .filter(|row| row.status == Status::Pending)
            .filter(|row| row.change.target() == Some((data_type, record.id.as_str())))
            .map(|row| &row.change)
            .collect();
        if waiting.is_empty() || record.kind != data_type.kind() {
            return record;
        }
        let json = String::from_utf8_lossy(&record.payload);
        outbox::apply(data_type, &json, waiting).ok().flatten().unwrap_or(record)
    }

    fn fail(&mut self, data_type: DataType, error: MethodErrorKind) {
        if error == MethodErrorKind::AccountNotSupportedByMethod {
            // The school has switched the module off: its data goes (R13).
            self.points.retain(|point| point.id != data_type);
            self.outcome.swept.push((data_type, Vec::new()));
        }
        self.outcome.todo.retain(|it| *it != data_type);
        self.outcome.failed.push((data_type, error));
    }

    fn finish(mut self, outbox: &[OutboxRow], before: &[SyncPoint]) -> (Outcome, Sweeps) {
        let batch = &mut self.outcome.batch;
        batch.expected_outbox = Some(outbox.iter().map(|row| row.number).collect());
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
                batch.deletes.push((Kind::SyncPoint, point::id_of(point.id)));
            }
        }
        let fills = || self.points.iter().filter_map(|point| point.fill.as_ref());
        if fills().next().is_some() {
            self.outcome.progress =
                Some((fills().map(|fill| fill.done).sum(), fills().map(|fill| fill.total).sum()));
        }
        let outcome = &mut self.outcome;
        if outcome.todo.is_empty() && outcome.failed.is_empty() && self.tour.failed.is_empty() {
            let payload = format!(r#"{{"id":"{LAST_SYNCED}","at":"{}"}}"#, self.now).into_bytes();
            let record = Record { kind: Kind::Meta, id: LAST_SYNCED.to_owned(), keys: Vec::new(), payload };
            outcome.batch.puts.push(record);
        }
        (self.outcome, self.sweeps)
    }
}

fn contradiction(_: delta::Contradiction) -> MethodErrorKind {
    MethodErrorKind::ServerPartialFail
}
