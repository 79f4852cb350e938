//! Calendar (draft-ietf-jmap-calendars §4).

use serde::{Deserialize, Serialize};

use crate::id::CalendarId;

/// A named collection of events, such as the school's or the pupil's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Calendar {
    /// Its id.
    pub id: CalendarId,
    /// As people named it.
    pub name: String,
    /// A CSS colour, such as `#2e7d32`.
    #[serde(default)]
    pub color: Option<String>,
    /// Small first; equal ones by name.
    #[serde(default)]
    pub sort_order: u32,
    /// Whether its events are to be shown.
    #[serde(default = "shown")]
    pub is_visible: bool,
}

fn shown() -> bool {
    true
}
