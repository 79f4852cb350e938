//! The capabilities of this server: those of the app, and those that only other clients use.

use tornister_protocol::capability::{CALENDARS, CORE, MAIL, SCHOOL, TASKS};

/// RFC 8621 §1.3.2.
pub const SUBMISSION: &str = "urn:ietf:params:jmap:submission";
/// RFC 8621 §1.3.3.
pub const VACATION: &str = "urn:ietf:params:jmap:vacationresponse";
/// RFC 9404 §3.1.
pub const BLOB: &str = "urn:ietf:params:jmap:blob";
/// RFC 9425 §2.1.
pub const QUOTA: &str = "urn:ietf:params:jmap:quota";
/// All of them.
pub const ALL: [&str; 9] = [CORE, MAIL, SUBMISSION, VACATION, CALENDARS, TASKS, BLOB, QUOTA, SCHOOL];
