//! What travels between app and gateway: JMAP (RFC 8620, RFC 8621, the calendars and tasks
//! drafts) and Tornister's own types. No I/O, no clock: both sides and their tests share it.
//!
//! Floor plan:
//! - [`id`]: newtype ids and state strings, so that an account is never taken for a mailbox.
//! - [`time`]: dates and times as JMAP writes them.
//! - [`core`]: requests, responses, the standard methods' arguments, errors, the session (RFC 8620).
//! - [`mail`]: Mailbox, Thread, Email (RFC 8621).
//! - [`calendars`]: Calendar, CalendarEvent with its occurrences.
//! - [`tasks`]: TaskList, Task; a homework is a Task.
//! - [`school`]: Lesson, DayNote: what JMAP lacks, under a vendor capability (decision D1).
//! - [`auth`]: login and its refusals; this is not part of JMAP.

pub mod auth;
pub mod calendars;
pub mod core;
pub mod id;
pub mod mail;
pub mod school;
pub mod tasks;
pub mod time;

/// The media type of JMAP requests and responses (RFC 8620 §3.1).
pub const JSON: &str = "application/json";

/// The capabilities that name what a request may use (RFC 8620 §3.3).
pub mod capability {
    /// RFC 8620.
    pub const CORE: &str = "urn:ietf:params:jmap:core";
    /// RFC 8621.
    pub const MAIL: &str = "urn:ietf:params:jmap:mail";
    /// draft-ietf-jmap-calendars.
    pub const CALENDARS: &str = "urn:ietf:params:jmap:calendars";
    /// draft-ietf-jmap-tasks.
    pub const TASKS: &str = "urn:ietf:params:jmap:tasks";
    /// Tornister's own: `Lesson`, `DayNote`, occurrences and inert mail HTML.
    pub const SCHOOL: &str = "urn:tornister:params:jmap:school";
    /// What the app itself uses, in a request's `using`.
    pub const APP: [&str; 5] = [CORE, MAIL, CALENDARS, TASKS, SCHOOL];
}
