//! How far the sync of one type has come. Stored with the objects, in the same batch (D5); part of
//! the storage format.

use serde::{Deserialize, Serialize};
use tornister_protocol::{id::State, time::LocalDate};

use crate::{
    kind::{DataType, Kind},
    record::Record,
};

/// How far the sync of one type has come. No point at all means: nothing is known yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncPoint {
    /// The type's name.
    pub id: DataType,
    /// The device has everything up to this state, as far as it has been filled; `None` before
    /// the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Where filling has come to; `None` when everything is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
}

/// A first sync under way: the pages of one query after another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fill {
    /// The Monday on which it began; divides what is needed first from the past.
    pub monday: LocalDate,
    /// Which query: see [`super::methods::query`].
    pub phase: usize,
    /// The last id of the last page. An anchor, not a position, so that what arrives or goes
    /// meanwhile shifts no page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Whether this is a resynchronisation: what it has not met by its end is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sweep: bool,
    /// Objects of earlier pages, of all phases.
    #[serde(default)]
    pub done: u32,
    /// Objects that the server has told of, of the phases so far.
    #[serde(default)]
    pub total: u32,
}

impl SyncPoint {
    /// The point from which a type is fetched as a whole again.
    pub(super) fn resynchronise(id: DataType, monday: LocalDate) -> Self {
        Self { id, state: None, fill: Some(Fill::begin(monday, true)) }
    }

    /// As it is stored.
    pub(super) fn record(&self) -> Record {
        // A struct of texts and numbers always has a JSON form.
        let payload = serde_json::to_vec(self).unwrap_or_default();
        Record { kind: Kind::SyncPoint, id: self.id.name().to_owned(), keys: Vec::new(), payload }
    }
}

impl Fill {
    /// The fill of a type of which nothing is known, or nothing any longer.
    pub(super) fn begin(monday: LocalDate, sweep: bool) -> Self {
        Self { monday, phase: 0, after: None, sweep, done: 0, total: 0 }
    }
}

/// The id of a type's point.
pub(super) fn id_of(data_type: DataType) -> String {
    data_type.name().to_owned()
}
