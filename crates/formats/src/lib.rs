//! The school world's files, read and turned into JMAP objects. No database, no network, no clock:
//! the day of an import is a parameter.
//!
//! Floor plan:
//! - [`mime`]: a mail's bytes become what `Email/get` answers, its HTML made inert (RFC 8621 §4.1).
//! - [`ical`]: iCalendar becomes JSCalendar; series become dated occurrences (RFC 5545, RFC 8984).
//! - [`untis`]: GPU001 and GPU014 exports become dated lessons with their changes.
//! - [`roster`]: CSV lists of people, as school administrations export them.
//! - [`profile`]: `school.toml`, what differs between two schools (R24).
//! - [`shift`]: moves a demo school by whole weeks, so that it always plays this week.
//! - [`school`]: reads a whole folder; the door that an import goes through.
//! - [`zone`]: wall-clock times and moments, both ways.
//! - [`report`]: what could not be read, with file, line and remedy.
//!
//! A broken record never costs its neighbours, a broken file never costs other files.

pub mod ical;
pub mod mime;
pub mod profile;
pub mod report;
pub mod roster;
mod rows;
pub mod school;
pub mod shift;
mod text;
pub mod untis;
pub mod zone;
