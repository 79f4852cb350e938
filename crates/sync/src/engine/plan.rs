//! What the next request asks, as a pure function of what is stored and of how far the sync is.

use serde_json::{Map, Value, json};
use tornister_protocol::{
    core::Request,
    id::State,
    time::{LocalDate, UtcDate},
};

use super::{
    Policy,
    interpret::Sweeps,
    link::AccountLink,
    methods::{self, Extent},
    point::{Fill, SyncPoint},
    request::{Builder, call},
    tour::Tour,
};
use crate::{
    flaw::{self, Flaw},
    json,
    kind::{DataType, Kind},
    outbox::{OutboxRow, Status},
    record::{WANTED, WantedBody, prefix_range},
    store::{Store, StoreError},
};

/// What a plan is made from.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub points: Vec<SyncPoint>,
    /// The points as they are stored.
    pub stored_points: Vec<Vec<u8>>,
    pub outbox: Vec<OutboxRow>,
    /// Bodies to fetch, those of the newest mail first.
    pub bodies: Vec<WantedBody>,
}

impl View {
    pub(super) async fn load(store: &impl Store) -> Result<Self, StoreError> {
        let stored_points = store.all(Kind::SyncPoint).await?;
        // A point of another version is as good as none: that type is filled again.
        let points = stored_points.iter().filter_map(|payload| json::read(payload).ok()).collect();
        let wanted = store.range(Kind::BodyWanted, &prefix_range(WANTED), methods::MOST_BODIES).await?;
        let bodies = wanted.iter().filter_map(|payload| json::read(payload).ok()).collect();
        Ok(Self { points, stored_points, outbox: store.outbox().await?, bodies })
    }

    /// Begins those resynchronisations again whose met ids were lost with an earlier process.
    pub(super) fn restart_lost_sweeps(&mut self, sweeps: &mut Sweeps) {
        for point in &mut self.points {
            let pages = point.fill.as_ref().is_some_and(|fill| fill.sweep && fill.phase != methods::BY_ID);
            if pages && sweeps.iter().all(|(swept, _)| *swept != point.id) {
                sweeps.push((point.id, Vec::new()));
                point.sweep_again();
            }
        }
    }

    fn point(&self, data_type: DataType) -> Option<&SyncPoint> {
        self.points.iter().find(|point| point.id == data_type)
    }
}

/// What one call of the request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The user's changes: numbers of rows and the ids that they touch.
    Set(Vec<(u64, String)>),
    /// The server's own objects, where the device shows what the server refused, or what it may have done long
    /// ago and somebody has undone.
    Look(Vec<String>),
    /// `/changes` with its `/get`s.
    Delta,
    /// A page of a type that is not there yet; without a query, everything.
    Page(Fill, Option<Extent>),
    /// Objects by id, which are there or gone.
    Ask(Vec<String>),
    /// Bodies of mails.
    Bodies(Vec<WantedBody>),
}

/// A request, and what it was made for.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub request: Request,
    /// Types to ask for beyond this request.
    pub left: Vec<DataType>,
    pub steps: Vec<(DataType, Step)>,
}

impl Plan {
    /// Ids of the type that it reads back.
    pub(super) fn looked_at(&self, data_type: DataType) -> &[String] {
        let looks = self.steps.iter().find_map(|(of, step)| match step {
            Step::Look(ids) if *of == data_type => Some(ids.as_slice()),
            _ => None,
        });
        looks.unwrap_or_default()
    }

    /// The rows that it sends.
    pub(super) fn sent(&self) -> impl Iterator<Item = u64> {
        let sets = self.steps.iter().filter_map(|(_, step)| match step {
            Step::Set(rows) => Some(rows.iter().map(|(number, _)| *number)),
            _ => None,
        });
        sets.flatten()
    }
}

/// The next request; without steps where nothing is left to ask.
pub(super) fn next(view: &View, tour: &Tour, link: &AccountLink, policy: &Policy, now: UtcDate) -> Plan {
    let mut builder = Builder::new(link);
    let mut steps = Vec::new();
    // The user's changes go first, so that the changes asked for below hold their effect.
    for data_type in DataType::ALL.into_iter().filter(|it| tour.is_open(*it)) {
        let state = view.point(data_type).and_then(|point| point.state.as_ref());
        let looked_at = looked_at(data_type, &view.outbox, builder.limits().get);
        if let Some(state) = state {
            let set = set(&mut builder, data_type, state, &view.outbox, &looked_at);
            steps.extend(set.map(|step| (data_type, step)));
        }
        if !looked_at.is_empty() {
            builder.get(data_type, methods::main_part(data_type), call::LOOK, Some(&looked_at));
            steps.push((data_type, Step::Look(looked_at)));
        }
    }
    // A change of one type may change another: a mail that was read counts in its mailbox.
    let mut order: Vec<DataType> = steps.iter().map(|(data_type, _)| *data_type).collect();
    let all_again = !order.is_empty();
    // What the last request had no room for comes before what it had.
    order.extend(&tour.todo);
    if all_again {
        order.extend(DataType::ALL);
    }
    let mut left = Vec::new();
    let today = LocalDate(now.0.date());
    for (place, &data_type) in order.iter().enumerate() {
        if !tour.is_open(data_type) || order[..place].contains(&data_type) {
            continue;
        }
        let point = view.point(data_type);
        let state = point.and_then(|point| point.state.as_ref());
        let fill = fill(data_type, point, policy, today);
        let query = fill.as_ref().and_then(|fill| methods::query(data_type, fill));
        // At most: changes, two or three `/get`s, a query with two, and objects by id.
        if !builder.has_room_for(calls(data_type, state.is_some(), fill.as_ref())) {
            left.push(data_type);
            continue;
        }
        if let Some(state) = state {
            delta(&mut builder, data_type, state);
            steps.push((data_type, Step::Delta));
        }
        let Some(fill) = fill else { continue };
        if !fill.ask.is_empty() {
            let most = methods::MOST_BY_ID.min(builder.limits().get);
            let ids: Vec<String> = fill.ask.iter().take(most).cloned().collect();
            builder.get(data_type, methods::main_part(data_type), call::ASK, Some(&ids));
            steps.push((data_type, Step::Ask(ids)));
        }
        if fill.phase != methods::BY_ID {
            let extent = query.map(|query| page(&mut builder, data_type, &fill, query));
            if extent.is_none() {
                builder.get(data_type, methods::main_part(data_type), call::PAGE, None);
            }
            steps.push((data_type, Step::Page(fill, extent)));
        }
    }
    if !view.bodies.is_empty() && tour.is_open(DataType::Email) && builder.has_room_for(1) {
        let bodies: Vec<WantedBody> = view.bodies.iter().take(builder.limits().get).cloned().collect();
        let ids: Vec<String> = bodies.iter().map(|body| body.id.clone()).collect();
        builder.get(DataType::Email, methods::body_part(), call::BODIES, Some(&ids));
        steps.push((DataType::Email, Step::Bodies(bodies)));
    }
    Plan { request: builder.request(), left, steps }
}

/// Where filling goes on, or begins.
fn fill(data_type: DataType, point: Option<&SyncPoint>, policy: &Policy, today: LocalDate) -> Option<Fill> {
    let since = policy.bodies_since(today);
    let Some(point) = point else { return Some(Fill::begin(today, since)) };
    match (&point.fill, point.bodies_since) {
        (Some(fill), _) => Some(fill.clone()),
        (None, Some(there)) if data_type == DataType::Email && since < there => {
            Some(Fill::more_bodies(today, since, there))
        }
        _ => None,
    }
}

/// How many calls a type's part of a request takes at most.
fn calls(data_type: DataType, has_state: bool, fill: Option<&Fill>) -> usize {
    let gets = if data_type == DataType::Email { 2 } else { 1 };
    let delta = if has_state { 2 + gets } else { 0 };
    delta + fill.map_or(0, |fill| 1 + gets + usize::from(!fill.ask.is_empty()))
}

fn rows_of(data_type: DataType, outbox: &[OutboxRow]) -> impl Iterator<Item = (&OutboxRow, &str)> {
    outbox.iter().filter_map(move |row| match row.change.target() {
        Some((target, id)) if target == data_type => Some((row, id)),
        _ => None,
    })
}

/// The argument that names changes: by id of the object and path in its patch (`docs/protocol.md`).
const OPERATION_IDS: &str = "tornister.app:operationIds";

/// The user's changes that may go now: of each property in their order. They are done only in the
/// state that the device knows, so a request that arrives late changes nothing. Of a change whose answer
/// was lost, either the changes since that state show it, or it is sent again; and where it was done and
/// somebody has undone it, the server knows its name and leaves it at that. No change shows then, so what
/// is sent again is read back by the same request.
fn set(
    builder: &mut Builder<'_>,
    data_type: DataType,
    state: &State,
    outbox: &[OutboxRow],
    looked_at: &[String],
) -> Option<Step> {
    let most = methods::MOST_BY_ID.min(builder.limits().set);
    let mut update: Map<String, Value> = Map::new();
    let mut names: Map<String, Value> = Map::new();
    let mut blocked: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for (row, id) in rows_of(data_type, outbox).filter(|(row, _)| row.status.waits()) {
        let Some((path, value)) = row.change.patch() else { continue };
        let again = update.get(id).is_some_and(|patch| patch.get(&path).is_some());
        let full = !update.contains_key(id) && update.len() >= most;
        let unseen = row.status == Status::Sent && !looked_at.iter().any(|it| it == id);
        if blocked.contains(&id) || again || full || unseen {
            blocked.push(id);
            continue;
        }
        if !row.operation.is_empty() && !flaw::has(Flaw::SendsUnnamed) {
            put(&mut names, id, path.clone(), Value::String(row.operation.clone()));
        }
        put(&mut update, id, path, value);
        rows.push((row.number, id.to_owned()));
    }
    if rows.is_empty() {
        return None;
    }
    let mut arguments = Map::from_iter([("update".to_owned(), Value::Object(update))]);
    if !names.is_empty() {
        arguments.insert(OPERATION_IDS.to_owned(), Value::Object(names));
    }
    if !flaw::has(Flaw::SendsUnguarded) {
        arguments.insert("ifInState".to_owned(), Value::String(state.0.clone()));
    }
    builder.call(data_type, "set", call::SET, arguments);
    Some(Step::Set(rows))
}

/// Puts a value under a path, in what is said of an object.
fn put(objects: &mut Map<String, Value>, id: &str, path: String, value: Value) {
    if let Value::Object(object) = objects.entry(id).or_insert_with(|| json!({})) {
        object.insert(path, value);
    }
}

/// Ids of what is read back: what was refused, and what was sent without an answer.
fn looked_at(data_type: DataType, outbox: &[OutboxRow], most: usize) -> Vec<String> {
    let unclear =
        |row: &OutboxRow| matches!(row.status, Status::Refused { restored: false, .. } | Status::Sent);
    let mut ids: Vec<String> =
        rows_of(data_type, outbox).filter(|(row, _)| unclear(row)).map(|(_, id)| id.to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(methods::MOST_BY_ID.min(most));
    ids
}

fn delta(builder: &mut Builder<'_>, data_type: DataType, since: &State) {
    let most = methods::MOST_CHANGES.min(builder.limits().get);
    let arguments = Map::from_iter([
        ("sinceState".to_owned(), Value::String(since.0.clone())),
        ("maxChanges".to_owned(), json!(most)),
    ]);
    builder.call(data_type, "changes", call::CHANGES, arguments);
    let found = |path| (call::CHANGES, "changes", path);
    builder.get_found(data_type, methods::main_part(data_type), call::CREATED, found("/created"));
    builder.get_found(data_type, methods::main_part(data_type), call::UPDATED, found("/updated"));
    if data_type == DataType::Email {
        builder.get_found(data_type, methods::body_part(), call::CREATED_BODIES, found("/created"));
    }
}

fn page(builder: &mut Builder<'_>, data_type: DataType, fill: &Fill, query: methods::Query) -> Extent {
    let limit = query.limit.min(builder.limits().get);
    let mut arguments = Map::from_iter([
        ("limit".to_owned(), json!(limit)),
        ("calculateTotal".to_owned(), Value::Bool(true)),
    ]);
    if let Value::Object(mut filter) = query.filter {
        filter.retain(|_, value| !value.is_null());
        arguments.insert("filter".to_owned(), Value::Object(filter));
    }
    if !query.sort.is_null() {
        arguments.insert("sort".to_owned(), query.sort);
    }
    if let Some(after) = &fill.after {
        arguments.insert("anchor".to_owned(), Value::String(after.clone()));
        arguments.insert("anchorOffset".to_owned(), json!(1));
    }
    builder.call(data_type, "query", call::QUERY, arguments);
    let found = (call::QUERY, "query", "/ids");
    let part = match query.extent {
        Extent::Mutable => methods::mutable_part(),
        Extent::Object | Extent::WithBody => methods::main_part(data_type),
    };
    builder.get_found(data_type, part, call::PAGE, found);
    if query.extent == Extent::WithBody {
        builder.get_found(data_type, methods::body_part(), call::PAGE_BODIES, found);
    }
    query.extent
}
