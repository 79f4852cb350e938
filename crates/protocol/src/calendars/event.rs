//! CalendarEvent (RFC 8984 §5.1, draft-ietf-jmap-calendars §5) with its occurrences (decision D6).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{CalendarId, EventId},
    time::LocalDateTime,
};

/// The vendor property of a CalendarEvent with its occurrences in the school year.
pub const OCCURRENCES: &str = "tornister.app:occurrences";

/// An event, or a series of them. The gateway sends every JSCalendar property, the recurrence
/// rules among them; the app reads these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarEvent {
    /// Its id.
    pub id: EventId,
    /// The calendars it is in; the values are always `true`.
    pub calendar_ids: BTreeMap<CalendarId, bool>,
    /// What people call it.
    #[serde(default)]
    pub title: String,
    /// Plain text.
    #[serde(default)]
    pub description: String,
    /// Where, by location id.
    #[serde(default)]
    pub locations: BTreeMap<String, Place>,
    /// Whole days: the time of day means nothing.
    #[serde(default)]
    pub show_without_time: bool,
    /// `confirmed`, `tentative` or `cancelled`.
    #[serde(default = "confirmed")]
    pub status: String,
    /// When it takes place, in the school's zone, in order; one where it does not recur.
    #[serde(rename = "tornister.app:occurrences", default)]
    pub occurrences: Vec<Occurrence>,
}

fn confirmed() -> String {
    "confirmed".to_owned()
}

/// One place of an event (RFC 8984 §4.2.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Such as `Aula`.
    #[serde(default)]
    pub name: String,
}

/// One time that an event takes place, with daylight saving time already reckoned in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrence {
    /// First moment.
    pub start: LocalDateTime,
    /// First moment after it; for whole days the midnight that ends the last one.
    pub end: LocalDateTime,
    /// The title of this one, where an exception renames it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}
