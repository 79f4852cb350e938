//! iCalendar (RFC 5545), read as JSCalendar (RFC 8984), and series made into dated occurrences.

use tornister_protocol::time::LocalDate;

/// What one `.ics` file holds. Everything is in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// From `X-WR-CALNAME` or `NAME`.
    pub name: Option<String>,
    /// A CSS colour, from `X-APPLE-CALENDAR-COLOR` or `COLOR`.
    pub color: Option<String>,
    /// The VEVENTs as JSCalendar Events; a series with its exceptions is one.
    pub events: Vec<Object>,
    /// The VTODOs as JSCalendar Tasks.
    pub tasks: Vec<Object>,
    /// The VJOURNALs that have a day.
    pub notes: Vec<Note>,
}

/// A JSCalendar Event or Task.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Names it in all its versions.
    pub uid: String,
    /// Where it begins in its file, counted from 1.
    pub line: usize,
    /// All its properties (RFC 8984), `uid` among them.
    pub properties: serde_json::Map<String, serde_json::Value>,
}

/// What a school says about one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Names it in all its versions.
    pub uid: String,
    /// The day.
    pub date: LocalDate,
    /// In a line.
    pub title: String,
    /// More of it, plain text, may be empty.
    pub text: String,
}
