//! Records and changes as rows, sealed; and what to do with rows that do not open.

use indexed_db_futures::{KeyRange as IdbRange, transaction::Transaction};
use js_sys::Object;
use serde::{Deserialize, Serialize};
use tornister_sync::{
    json,
    kind::Kind,
    outbox::{Change, OutboxRow, Status},
    record::Record,
    store::{Question, StoreError},
};

use wasm_bindgen::JsValue;

use super::IdbStore;
use crate::{ahead, js};

/// Where the outbox's rows are sealed to.
const OUTBOX_PLACE: &str = "outbox";

/// A row of the outbox, without its number, which is its key.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredChange {
    pub change: Change,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub operation: String,
    #[serde(default)]
    pub status: Status,
}

impl IdbStore {
    /// The payload of a record's row.
    pub(super) fn open_row(&self, kind: Kind, row: &Object) -> Result<Vec<u8>, StoreError> {
        let unreadable = || StoreError::Unreadable { kind };
        let (key, sealed) = js::read_row(row).ok_or_else(unreadable)?;
        let id =
            key.strip_prefix(kind.name()).and_then(|rest| rest.strip_prefix('/')).ok_or_else(unreadable)?;
        self.0.sealer.open(kind.name(), id, &sealed).map_err(|_| unreadable())
    }

    /// The payloads of these rows. One that does not open costs its neighbours nothing, and
    /// [`IdbStore::on_broken`] hears of it.
    pub(super) fn open_rows(&self, kind: Kind, rows: impl Iterator<Item = Object>) -> Vec<Vec<u8>> {
        let (mut payloads, mut broken) = (Vec::new(), Vec::new());
        for row in rows {
            match self.open_row(kind, &row) {
                Ok(payload) => payloads.push(payload),
                Err(_) => broken.extend(id_of(kind, &row).map(|id| (kind, id))),
            }
        }
        if !broken.is_empty()
            && let Some(hear) = &*self.0.on_broken.0.borrow()
        {
            hear(broken);
        }
        payloads
    }

    /// A record as a row, sealed; made before a transaction is opened wherever possible.
    pub(super) fn sealed_row(&self, record: &Record) -> Result<(JsValue, Object), StoreError> {
        let kind = record.kind.name();
        let sealed = self.0.sealer.seal(kind, &record.id, &record.payload);
        let sealed = sealed.map_err(|error| StoreError::Backend(error.to_string()))?;
        let key = JsValue::from_str(&record_key(record.kind, &record.id));
        let lists = record.keys.iter().map(|list| format!("{kind}/{list}"));
        let row = js::row(&key, lists, &sealed);
        Ok((key, row))
    }

    pub(super) fn sealed_change(&self, number: u64, change: &StoredChange) -> Result<Object, StoreError> {
        let payload = serde_json::to_vec(change)?;
        let sealed = self.0.sealer.seal(OUTBOX_PLACE, &number.to_string(), &payload);
        let sealed = sealed.map_err(|error| StoreError::Backend(error.to_string()))?;
        Ok(js::row(&number.to_string().into(), std::iter::empty(), &sealed))
    }

    /// The outbox. A row that does not open could not be sent by anybody; it must not keep the others, and
    /// the user has to hear of it.
    pub(super) async fn outbox_in(&self, within: &Transaction<'_>) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(self.open_outbox(&ahead::ask(&Question::Outbox, within)?.await?))
    }

    pub(super) fn open_outbox(&self, rows: &[Object]) -> Vec<OutboxRow> {
        rows.iter().filter_map(|row| self.open_change(row)).collect()
    }

    /// `None` for what never was a change.
    fn open_change(&self, row: &Object) -> Option<OutboxRow> {
        let (key, sealed) = js::read_row(row)?;
        let number = key.parse().ok()?;
        let opened = self.0.sealer.open(OUTBOX_PLACE, &key, &sealed).ok();
        let stored = opened.and_then(|opened| json::read::<StoredChange>(&opened).ok());
        Some(match stored {
            Some(StoredChange { change, operation, status }) => {
                OutboxRow { number, change, operation, status }
            }
            None => OutboxRow::lost(number),
        })
    }
}

/// The id of a row that does not open.
fn id_of(kind: Kind, row: &Object) -> Option<String> {
    let key = js::get(row, js::KEY)?.as_string()?;
    key.strip_prefix(kind.name())?.strip_prefix('/').map(str::to_owned)
}

pub(crate) fn record_key(kind: Kind, id: &str) -> String {
    format!("{}/{id}", kind.name())
}

pub(super) fn whole_kind(kind: Kind) -> IdbRange<String> {
    // `0` is the character after `/`.
    IdbRange::Bound(format!("{}/", kind.name()), false, format!("{}0", kind.name()), true)
}

/// IndexedDB counts in floating-point numbers, exact up to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "no outbox ever counts to 2^53")]
pub(super) fn to_key(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made by `to_key` or counted up from 1"
)]
pub(super) fn to_number(key: f64) -> u64 {
    key as u64
}
