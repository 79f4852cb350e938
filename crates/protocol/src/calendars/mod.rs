//! JMAP Calendars (draft-ietf-jmap-calendars) over JSCalendar (RFC 8984), the part that the app reads.

mod calendar;
mod event;

pub use calendar::Calendar;
pub use event::{CalendarEvent, OCCURRENCES, Occurrence, Place};
