//! What the next request asks, as a pure function of what is stored.

use serde_json::{Map, Value, value::RawValue};
use tornister_protocol::{
    capability,
    core::{Invocation, Request},
    id::State,
    time::{LocalDate, UtcDate},
};

use super::{
    interpret::Sweeps,
    link::{AccountLink, Limits},
    methods,
    point::{Fill, SyncPoint},
    tour::Tour,
};
use crate::{
    json,
    kind::{DataType, Kind},
    outbox::{OutboxRow, Status},
    store::{Store, StoreError},
};

/// What a plan is made from.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub points: Vec<SyncPoint>,
    pub outbox: Vec<OutboxRow>,
}

impl View {
    pub(super) async fn load(store: &impl Store) -> Result<Self, StoreError> {
        let payloads = store.all(Kind::SyncPoint).await?;
        // A point of another version is as good as none: that type is filled again.
        let points = payloads.iter().filter_map(|payload| json::read(payload).ok()).collect();
        Ok(Self { points, outbox: store.outbox().await? })
    }

    fn point(&self, data_type: DataType) -> Option<&SyncPoint> {
        self.points.iter().find(|point| point.id == data_type)
    }

    /// Begins those resynchronisations again whose met ids were lost with an earlier process.
    pub(super) fn restart_lost_sweeps(&mut self, sweeps: &mut Sweeps) {
        for point in &mut self.points {
            let Some(fill) = point.fill.as_ref().filter(|fill| fill.sweep) else { continue };
            if sweeps.iter().all(|(swept, _)| *swept != point.id) {
                sweeps.push((point.id, Vec::new()));
                *point = SyncPoint::resynchronise(point.id, fill.monday);
            }
        }
    }
}

/// What one call of the request is for; found again by its call id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The user's changes: numbers of rows and the ids that they touch.
    Set { rows: Vec<(u64, String)> },
    /// The server's own objects in place of refused changes.
    Restore { rows: Vec<(u64, String)> },
    /// `/changes` with its `/get`s.
    Delta,
    /// A page, or everything, of a type that is not there yet.
    Fill { fill: Fill, whole: bool },
}

/// A request, and what it was made for.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub request: Request,
    /// Types to ask for beyond this request.
    pub left: Vec<DataType>,
    pub steps: Vec<(DataType, Step)>,
}

/// Call ids within a type's part of a request.
pub(super) mod call {
    pub const SET: &str = "set";
    pub const RESTORE: &str = "restore";
    pub const CHANGES: &str = "changes";
    pub const CREATED: &str = "created";
    pub const CREATED_CONSTANT: &str = "createdConstant";
    pub const UPDATED: &str = "updated";
    pub const QUERY: &str = "query";
    pub const PAGE: &str = "page";
    pub const PAGE_CONSTANT: &str = "pageConstant";
}

/// The call id of a type's call.
pub(super) fn call_id(data_type: DataType, call: &str) -> String {
    format!("{}.{call}", data_type.name())
}

struct Builder<'a> {
    link: &'a AccountLink,
    calls: Vec<Invocation>,
}

impl Builder<'_> {
    fn limits(&self) -> Limits {
        self.link.limits
    }

    fn has_room_for(&self, calls: usize) -> bool {
        self.calls.len() + calls <= self.limits().calls.max(Limits::FEWEST_CALLS)
    }

    fn call(&mut self, data_type: DataType, method: &str, call: &str, mut arguments: Map<String, Value>) {
        arguments.insert("accountId".to_owned(), Value::String(self.link.account_id.0.clone()));
        // A tree of JSON values always has a JSON text.
        if let Ok(text) = RawValue::from_string(Value::Object(arguments).to_string()) {
            let name = format!("{}/{method}", data_type.name());
            self.calls.push(Invocation(name, text, call_id(data_type, call)));
        }
    }

    /// A `/get` of the ids that an earlier call of the request finds (RFC 8620 §3.7).
    fn get_found(
        &mut self,
        data_type: DataType,
        part: methods::Part,
        call: &str,
        found_by: (&str, &str, &str),
    ) {
        let (earlier, method, path) = found_by;
        let mut arguments = part.arguments;
        let reference = serde_json::json!({
            "resultOf": call_id(data_type, earlier),
            "name": format!("{}/{method}", data_type.name()),
            "path": path,
        });
        arguments.insert("#ids".to_owned(), reference);
        self.call(data_type, "get", call, arguments);
    }
}

/// The next request; without steps where nothing is left to ask.
pub(super) fn next(view: &View, tour: &Tour, link: &AccountLink, now: UtcDate) -> Plan {
    let mut builder = Builder { link, calls: Vec::new() };
    let mut steps = Vec::new();
    // The user's changes go first, so that the changes asked for below hold their effect.
    for data_type in DataType::ALL.into_iter().filter(|it| tour.is_open(*it)) {
        if let Some(step) = set(&mut builder, data_type, &view.outbox) {
            steps.push((data_type, step));
        }
        if let Some(step) = restore(&mut builder, data_type, &view.outbox) {
            steps.push((data_type, step));
        }
    }
    // A change of one type may change another: a mail that was read counts in its mailbox.
    let all_again = !steps.is_empty();
    let mut left = Vec::new();
    for data_type in DataType::ALL {
        if !tour.is_open(data_type) || !(all_again || tour.todo.contains(&data_type)) {
            continue;
        }
        let point = view.point(data_type);
        let state = point.and_then(|point| point.state.as_ref());
        let today = LocalDate(now.0.date());
        let fill = point.map_or_else(|| Some(Fill::begin(today.monday(), false)), |point| point.fill.clone());
        let parts = if methods::constant_part(data_type).is_some() { 2 } else { 1 };
        let calls = state.map_or(0, |_| 2 + parts) + fill.as_ref().map_or(0, |_| 1 + parts);
        if !builder.has_room_for(calls) {
            left.push(data_type);
            continue;
        }
        if let Some(state) = state {
            delta(&mut builder, data_type, state);
            steps.push((data_type, Step::Delta));
        }
        if let Some(fill) = fill {
            steps.push((data_type, page(&mut builder, data_type, fill)));
        }
    }
    let using = capability::APP.map(str::to_owned).to_vec();
    Plan { request: Request { using, method_calls: builder.calls, created_ids: None }, left, steps }
}

fn rows_of(data_type: DataType, outbox: &[OutboxRow]) -> impl Iterator<Item = (&OutboxRow, &str)> {
    outbox.iter().filter_map(move |row| match row.change.target() {
        Some((target, id)) if target == data_type => Some((row, id)),
        _ => None,
    })
}

fn set(builder: &mut Builder<'_>, data_type: DataType, outbox: &[OutboxRow]) -> Option<Step> {
    let mut update: Map<String, Value> = Map::new();
    let mut rows = Vec::new();
    let pending = rows_of(data_type, outbox).filter(|(row, _)| row.status == Status::Pending);
    for (row, id) in pending.take(methods::MOST_SETS.min(builder.limits().set)) {
        let Some((path, value)) = row.change.patch() else { continue };
        if let Value::Object(patch) = update.entry(id).or_insert_with(|| serde_json::json!({})) {
            patch.insert(path, value);
        }
        rows.push((row.number, id.to_owned()));
    }
    if rows.is_empty() {
        return None;
    }
    builder.call(data_type, "set", call::SET, Map::from_iter([("update".to_owned(), Value::Object(update))]));
    Some(Step::Set { rows })
}

fn restore(builder: &mut Builder<'_>, data_type: DataType, outbox: &[OutboxRow]) -> Option<Step> {
    let refused = |row: &OutboxRow| matches!(row.status, Status::Refused { restored: false, .. });
    let rows: Vec<(u64, String)> = rows_of(data_type, outbox)
        .filter(|(row, _)| refused(row))
        .take(methods::MOST_SETS.min(builder.limits().get))
        .map(|(row, id)| (row.number, id.to_owned()))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut arguments = methods::main_part(data_type).arguments;
    let ids: Vec<&str> = rows.iter().map(|(_, id)| id.as_str()).collect();
    arguments.insert("ids".to_owned(), serde_json::json!(ids));
    builder.call(data_type, "get", call::RESTORE, arguments);
    Some(Step::Restore { rows })
}

fn delta(builder: &mut Builder<'_>, data_type: DataType, since: &State) {
    let arguments = Map::from_iter([
        ("sinceState".to_owned(), Value::String(since.0.clone())),
        ("maxChanges".to_owned(), serde_json::json!(methods::MOST_CHANGES.min(builder.limits().get))),
    ]);
    builder.call(data_type, "changes", call::CHANGES, arguments);
    let found = |path| (call::CHANGES, "changes", path);
    builder.get_found(data_type, methods::main_part(data_type), call::CREATED, found("/created"));
    builder.get_found(data_type, methods::main_part(data_type), call::UPDATED, found("/updated"));
    if let Some(part) = methods::constant_part(data_type) {
        builder.get_found(data_type, part, call::CREATED_CONSTANT, found("/created"));
    }
}

fn page(builder: &mut Builder<'_>, data_type: DataType, fill: Fill) -> Step {
    let first = fill.phase == 0 && fill.after.is_none();
    let Some(query) = methods::query(data_type, fill.phase, fill.monday, first) else {
        let mut arguments = methods::main_part(data_type).arguments;
        arguments.insert("ids".to_owned(), Value::Null);
        builder.call(data_type, "get", call::PAGE, arguments);
        return Step::Fill { fill, whole: true };
    };
    let limit = query.limit.min(builder.limits().get);
    let mut arguments = Map::from_iter([
        ("limit".to_owned(), serde_json::json!(limit)),
        ("calculateTotal".to_owned(), Value::Bool(true)),
    ]);
    if !query.filter.is_null() {
        arguments.insert("filter".to_owned(), query.filter);
    }
    if !query.sort.is_null() {
        arguments.insert("sort".to_owned(), query.sort);
    }
    if let Some(after) = &fill.after {
        arguments.insert("anchor".to_owned(), Value::String(after.clone()));
        arguments.insert("anchorOffset".to_owned(), serde_json::json!(1));
    }
    builder.call(data_type, "query", call::QUERY, arguments);
    let found = (call::QUERY, "query", "/ids");
    builder.get_found(data_type, methods::main_part(data_type), call::PAGE, found);
    if let Some(part) = methods::constant_part(data_type) {
        builder.get_found(data_type, part, call::PAGE_CONSTANT, found);
    }
    Step::Fill { fill, whole: false }
}
