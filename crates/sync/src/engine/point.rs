//! How far the sync of one type has come. Stored with the objects, in the same batch (D5); part of
//! the storage format.

use serde::{Deserialize, Serialize};
use tornister_protocol::{
    id::State,
    time::{LocalDate, UtcDate},
};

use super::methods;
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
    /// Of mail: the day from which on all of it has its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bodies_since: Option<LocalDate>,
}

/// A filling under way: the pages of one query after another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fill {
    /// The day on which it began; divides what is needed first from the past.
    pub today: LocalDate,
    /// Of mail: the day from which on it comes with its body.
    pub bodies_since: LocalDate,
    /// Which query: see [`super::methods::query`].
    pub phase: usize,
    /// Of mail: everything from this moment on is there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UtcDate>,
    /// The last id of the last page. An anchor, not a position, so that what arrives or goes
    /// meanwhile shifts no page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Whether this is a resynchronisation: what it has not met by its end is asked for by id, and
    /// goes where the server does not have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sweep: bool,
    /// Ids to ask for one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<String>,
    /// Objects of earlier pages, of all phases.
    #[serde(default)]
    pub done: u32,
    /// Objects that the server has told of, of the phases so far.
    #[serde(default)]
    pub total: u32,
}

impl SyncPoint {
    /// The point from which a type is compared as a whole with what the server has.
    pub(super) fn resynchronise(self, today: LocalDate) -> Self {
        let bodies_since = self.bodies_since.or(self.fill.map(|fill| fill.bodies_since));
        let fill = Fill {
            phase: methods::first_phase_of_sweep(self.id),
            sweep: true,
            ..Fill::begin(today, bodies_since.unwrap_or(today))
        };
        Self { id: self.id, state: None, fill: Some(fill), bodies_since: self.bodies_since }
    }

    /// Begins the pages of a resynchronisation again.
    pub(super) fn sweep_again(&mut self) {
        let id = self.id;
        if let Some(fill) = &mut self.fill {
            (fill.phase, fill.after) = (methods::first_phase_of_sweep(id), None);
        }
    }

    /// Everything is there.
    pub(super) fn complete(&mut self) {
        if let Some(fill) = self.fill.take().filter(|_| self.id == DataType::Email) {
            self.bodies_since = Some(fill.bodies_since);
        }
    }

    /// As it is stored.
    pub(super) fn record(&self) -> Record {
        // A struct of texts and numbers always has a JSON form.
        let payload = serde_json::to_vec(self).unwrap_or_default();
        Record { kind: Kind::SyncPoint, id: self.id.name().to_owned(), keys: Vec::new(), payload }
    }
}

impl Fill {
    /// The fill of a type of which nothing is known.
    pub(super) fn begin(today: LocalDate, bodies_since: LocalDate) -> Self {
        Self {
            today,
            bodies_since,
            phase: 0,
            until: None,
            after: None,
            sweep: false,
            ask: Vec::new(),
            done: 0,
            total: 0,
        }
    }

    /// The fill of bodies that the user wants from now on, between `bodies_since` and a day from
    /// which on they are there.
    pub(super) fn more_bodies(today: LocalDate, bodies_since: LocalDate, there: LocalDate) -> Self {
        let until = Some(UtcDate(there.at(chrono::NaiveTime::MIN).0));
        Self { phase: methods::MORE_BODIES, until, ..Self::begin(today, bodies_since) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_point_keeps_its_form() {
        let day = |text: &str| text.parse::<LocalDate>().unwrap();
        let fill = Fill {
            phase: 1,
            until: Some("2026-11-17T06:31:00Z".parse().unwrap()),
            after: Some("m7".to_owned()),
            sweep: true,
            ask: vec!["m8".to_owned()],
            done: 50,
            total: 1_000,
            ..Fill::begin(day("2026-11-18"), day("2026-08-20"))
        };
        let point = |state: Option<&str>, fill, bodies_since| SyncPoint {
            id: DataType::Email,
            state: state.map(State::from),
            fill,
            bodies_since,
        };
        let frozen = [
            (
                point(Some("s1"), Some(fill), None),
                r#"{"id":"Email","state":"s1","fill":{"today":"2026-11-18","bodiesSince":"2026-08-20","phase":1,"until":"2026-11-17T06:31:00Z","after":"m7","sweep":true,"ask":["m8"],"done":50,"total":1000}}"#,
            ),
            (
                point(None, Some(Fill::begin(day("2026-11-18"), day("2026-08-20"))), None),
                r#"{"id":"Email","fill":{"today":"2026-11-18","bodiesSince":"2026-08-20","phase":0,"done":0,"total":0}}"#,
            ),
            (
                point(Some("s2"), None, Some(day("2026-08-20"))),
                r#"{"id":"Email","state":"s2","bodiesSince":"2026-08-20"}"#,
            ),
        ];
        for (point, text) in frozen {
            assert_eq!(serde_json::to_string(&point).unwrap(), text);
            assert_eq!(serde_json::from_str::<SyncPoint>(text).unwrap(), point);
        }
    }
}
