//! What has to hold.

use std::fmt;

use pollster::block_on;
use serde_json::{Map, Value};
use tornister_protocol::mail::{Email, EmailBody};
use tornister_sync::{
    engine::SyncPoint,
    json,
    kind::{DataType, Kind},
    outbox::{Change, OutboxRow, Status},
    store::Store as _,
};

use super::world::{Operation, World};
use crate::server::{self, Stored};

/// One thing that has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// Once nothing goes wrong any more, the device shows what the server has.
    Converges,
    /// What the user did happens on the server once and in order, or the user is told.
    Once,
    /// A state string stands in the store only together with the objects that it speaks of.
    Whole,
    /// Nothing that the user did leaves the outbox before the server has heard it.
    Kept,
    /// What the user did is seen on the device as long as it waits.
    Shown,
    /// Where there is no room, only old attachments and bodies go.
    Spared,
    /// Every sync ends.
    Ends,
}

/// A property that did not hold.
#[derive(Clone, Debug)]
pub struct Violation {
    pub property: Property,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.property, self.what)
    }
}

fn check(holds: bool, property: Property, what: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation { property, what: what() }) }
}

/// What holds after every step, wherever the process may have died. Answers which of the user's
/// operations the server has heard.
pub fn at_any_time(world: &World) -> Result<Vec<usize>, Violation> {
    let sacrificed = world.sacrificed();
    check(sacrificed.is_none(), Property::Spared, || format!("{sacrificed:?} was given up"))?;
    let outbox = block_on(world.store.outbox()).expect("an outbox");
    let effects = world.server.effects();
    let mut heard = Vec::new();
    for (place, operation) in world.operations.iter().enumerate() {
        let waits = outbox.iter().any(|row| row.number == operation.number);
        if !waits && !operation.heard {
            kept(world, operation)?;
            heard.push(place);
        }
        in_order(world, operation, &effects)?;
    }
    shown(world, &outbox)?;
    for data_type in DataType::ALL {
        whole(world, data_type, &outbox)?;
    }
    Ok(heard)
}

fn local(world: &World, kind: Kind, id: &str) -> Option<Value> {
    let payload = block_on(world.store.get(kind, id)).expect("a get");
    payload.map(|payload| json::read(&payload).expect("JSON"))
}

/// What the device keeps of an object.
fn as_listed(data_type: DataType, stored: &Stored) -> Option<Value> {
    let kept = |name: &str| data_type != DataType::Email || Email::PROPERTIES.contains(&name);
    let object = stored.object.as_ref()?.iter().filter(|(name, _)| kept(name));
    Some(Value::Object(object.map(|(name, value)| (name.clone(), value.clone())).collect()))
}

fn whole(world: &World, data_type: DataType, outbox: &[OutboxRow]) -> Result<(), Violation> {
    let point = block_on(world.store.get(Kind::SyncPoint, data_type.name())).expect("a get");
    let point: Option<SyncPoint> = point.map(|payload| json::read(&payload).expect("a point"));
    let Some(SyncPoint { state: Some(state), fill, .. }) = point else { return Ok(()) };
    let moment = server::moment(state.as_str());
    for (id, stored) in world.server.all(data_type.name()).iter().filter(|(_, it)| it.changed <= moment) {
        let found = local(world, data_type.kind(), id);
        let wanted = as_listed(data_type, stored);
        // What a row was about that does not open, nobody knows.
        let lost = |row: &OutboxRow| row.status == Status::Lost { restored: false };
        let changed_here = outbox.iter().any(|row| row.change.target() == Some((data_type, id)) || lost(row));
        let fine = match (&found, &wanted) {
            (None, Some(_)) => fill.is_some(),
            (Some(_), None) => fill.as_ref().is_some_and(|fill| fill.sweep),
            (Some(found), Some(wanted)) => {
                found == wanted || changed_here || fill.as_ref().is_some_and(|fill| fill.sweep)
            }
            (None, None) => true,
        };
        check(fine, Property::Whole, || {
            format!("state {state}, filling {fill:?}: the device has {found:?}, the server {wanted:?}")
        })?;
    }
    Ok(())
}

fn shown(world: &World, outbox: &[OutboxRow]) -> Result<(), Violation> {
    let waiting: Vec<&OutboxRow> = outbox.iter().filter(|row| row.status.waits()).collect();
    for (place, row) in waiting.iter().enumerate() {
        let (Some((data_type, id)), Some((path, value))) = (row.change.target(), row.change.patch()) else {
            continue;
        };
        let overridden = waiting[place + 1..].iter().any(|later| later.change.overrides(&row.change));
        let Some(object) = local(world, data_type.kind(), id).filter(|_| !overridden) else { continue };
        check(World::value_at(&object, &path) == value, Property::Shown, || format!("{row:?} in {object}"))?;
    }
    Ok(())
}

/// The values of the operation's property among these, in order.
pub fn done<'a>(effects: &'a [server::Effect], operation: &Operation) -> Vec<&'a Value> {
    let same = |(data_type, id, path, _): &&server::Effect| {
        *data_type == operation.data_type.name() && *id == operation.id && *path == operation.path
    };
    effects.iter().filter(same).map(|(.., value)| value).collect()
}

fn rivals<'a>(world: &'a World, operation: &Operation) -> impl Iterator<Item = &'a Operation> {
    let (data_type, id, path) = (operation.data_type, operation.id.clone(), operation.path.clone());
    world.operations.iter().filter(move |it| it.data_type == data_type && it.id == id && it.path == path)
}

/// The operation's row is gone: the server has it, or a later operation took its place, or the user
/// was told that it was refused.
fn kept(world: &World, operation: &Operation) -> Result<(), Violation> {
    let replaced = || rivals(world, operation).any(|later| later.number > operation.number);
    let object = || world.server.get(operation.data_type.name(), &operation.id);
    // What the server shows already need not be sent.
    let is_so = || object().is_some_and(|it| World::value_at(&it, &operation.path) == operation.value);
    let heard = operation.reported
        || operation.passed
        || done(&world.server.accepted(), operation).contains(&&operation.value)
        || replaced()
        || is_so();
    check(heard, Property::Kept, || format!("{operation:?} is gone"))
}

fn in_order(world: &World, operation: &Operation, effects: &[server::Effect]) -> Result<(), Violation> {
    let done = done(effects, operation);
    let wanted: Vec<&Value> = rivals(world, operation).map(|it| &it.value).collect();
    let mut rest = wanted.iter();
    let in_order = done.iter().all(|effect| rest.any(|value| value == effect));
    check(in_order, Property::Once, || {
        format!("{} {}: wanted {wanted:?}, done {done:?}", operation.id, operation.path)
    })
}

/// What holds when nothing goes wrong any more and a sync has ended well.
pub fn at_rest(world: &World) -> Result<(), Violation> {
    for data_type in DataType::ALL {
        let all = world.server.all(data_type.name());
        let wanted: Vec<String> =
            all.iter().filter(|(_, it)| it.object.is_some()).map(|(id, _)| id.clone()).collect();
        let found = block_on(world.store.ids(data_type.kind())).expect("ids");
        check(found == wanted, Property::Converges, || {
            format!("{data_type:?}: the device has {found:?}, the server {wanted:?}")
        })?;
        for (id, stored) in &all {
            let (found, wanted) = (local(world, data_type.kind(), id), as_listed(data_type, stored));
            check(found == wanted, Property::Converges, || {
                format!("the device has {found:?}, the server {wanted:?}")
            })?;
        }
    }
    bodies(world)?;
    let outbox = block_on(world.store.outbox()).expect("an outbox");
    for row in &outbox {
        let settled = match row.status {
            Status::Refused { restored, .. } => restored && row.change != Change::Unknown,
            Status::Lost { restored } => restored,
            Status::Pending | Status::Sent => false,
        };
        check(settled, Property::Converges, || format!("{row:?} still waits"))?;
    }
    world.operations.iter().try_for_each(|operation| last_word(world, operation))
}

/// The user's last word on a property is the server's, or another device has had a later one, or the user was
/// told that it is not.
fn last_word(world: &World, operation: &Operation) -> Result<(), Violation> {
    if rivals(world, operation).any(|later| later.number > operation.number)
        || operation.reported
        || operation.passed
    {
        return Ok(());
    }
    let on_server = world.server.get(operation.data_type.name(), &operation.id);
    let done = match &on_server {
        Some(object) => World::value_at(object, &operation.path) == operation.value,
        None => operation.heard,
    };
    check(done, Property::Once, || format!("{operation:?}: the server has {on_server:?}"))
}

/// A mail's body and attachments come and go with it.
fn bodies(world: &World) -> Result<(), Violation> {
    let mails = block_on(world.store.ids(Kind::Email)).expect("ids");
    for (id, stored) in world.server.all("Email") {
        let body = local(world, Kind::EmailBody, &id);
        let Some(object) = stored.object else {
            check(body.is_none(), Property::Converges, || format!("the gone mail {id} has a body"))?;
            continue;
        };
        let whole: EmailBody = serde_json::from_value(Value::Object(Map::clone(&object))).expect("a mail");
        let header: Email = serde_json::from_value(Value::Object(Map::clone(&object))).expect("a mail");
        match body {
            Some(body) => {
                let body: EmailBody = serde_json::from_value(body).expect("a body");
                check(body == whole, Property::Converges, || format!("{body:?} instead of {whole:?}"))?;
            }
            None => {
                let fine = world.has_given_up() || !world.wants_body(&header);
                check(fine, Property::Converges, || format!("{id} has no body"))?;
            }
        }
    }
    for kind in [Kind::BlobWanted, Kind::BodyWanted] {
        let wanted = block_on(world.store.ids(kind)).expect("ids");
        check(wanted.is_empty(), Property::Converges, || format!("{wanted:?} is still wanted"))?;
    }
    for id in block_on(world.store.ids(Kind::Blob)).expect("ids") {
        let of_a_mail = mails.iter().any(|mail| id.starts_with(&format!("{mail}/")));
        check(of_a_mail, Property::Converges, || format!("the blob {id} belongs to no mail"))?;
    }
    Ok(())
}
