//! DayNote: what the school says about one day, such as "Wandertag".

use serde::{Deserialize, Serialize};

use crate::{id::DayNoteId, time::LocalDate};

/// A note for everybody on one day. Comes from a VJOURNAL (RFC 5545 §3.6.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DayNote {
    /// Its id.
    pub id: DayNoteId,
    /// The day.
    pub date: LocalDate,
    /// In a line.
    pub title: String,
    /// More of it, plain text, may be empty.
    #[serde(default)]
    pub text: String,
}
