//! Mending a store in which something cannot be opened any more: what is broken is removed, and its
//! type compared as a whole with what the server has, so that the next sync brings it again.

use tornister_protocol::time::{LocalDate, UtcDate};

use super::{interpret, plan::View, point::SyncPoint};
use crate::{
    json,
    kind::{DataType, Kind},
    outbox::{OutboxRow, Status},
    record::Record,
    store::{Batch, Store, StoreError},
};

/// Removes records that do not open, and sees to it that they come again.
///
/// # Errors
/// Where the store fails.
pub async fn repair(store: &impl Store, broken: Vec<(Kind, String)>) -> Result<(), StoreError> {
    let mut puts: Vec<Record> = Vec::new();
    for data_type in DataType::ALL {
        let point = (Kind::SyncPoint, data_type.name());
        let lost = |(kind, id): &(Kind, String)| {
            *kind == data_type.kind() || (*kind == point.0 && id.as_str() == point.1)
        };
        if !broken.iter().any(lost) {
            continue;
        }
        let readable = match store.get(Kind::SyncPoint, data_type.name()).await {
            Ok(payload) => payload.and_then(|payload| json::read::<SyncPoint>(&payload).ok()),
            Err(_) => None,
        };
        let before =
            readable.unwrap_or(SyncPoint { id: data_type, state: None, fill: None, bodies_since: None });
        // Where nobody knows the day, this week's lessons merely come after all others.
        let today = before.fill.as_ref().map(|fill| fill.today).or(before.bodies_since);
        puts.push(
            before.resynchronise(today.unwrap_or(LocalDate(UtcDate::from_unix_millis(0).0.date()))).record(),
        );
    }
    let mut batch = Batch { puts, ..Batch::default() };
    for (kind, id) in broken {
        // A mail comes again with its body, and with it what is wanted of its attachments.
        if kind == Kind::Email {
            interpret::remove(&mut batch, DataType::Email, id);
        } else {
            batch.deletes.push((kind, id));
        }
    }
    store.commit(&batch).await
}

/// Where rows of the outbox do not open, what they may have changed still shows: all that anybody can change is to
/// be compared with what the server has. `None` where nothing was lost, or that has begun.
pub(super) fn of_lost_changes(view: &View, now: UtcDate) -> Option<Batch> {
    let lost = view.outbox.iter().filter(|row| row.status == Status::Lost { restored: false });
    let told: Vec<OutboxRow> =
        lost.map(|row| OutboxRow { status: Status::Lost { restored: true }, ..row.clone() }).collect();
    if told.is_empty() {
        return None;
    }
    let today = LocalDate(now.0.date());
    let concerned = view.points.iter().filter(|point| matches!(point.id, DataType::Email | DataType::Task));
    Some(Batch {
        puts: concerned.map(|point| point.clone().resynchronise(today).record()).collect(),
        outbox_puts: told,
        expected_outbox: Some(view.outbox.clone()),
        expected_points: Some(view.stored_points.clone()),
        ..Batch::default()
    })
}
