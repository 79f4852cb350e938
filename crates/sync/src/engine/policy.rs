//! What a device keeps without being asked. Headers of every mail, timetable, homework and events
//! are always kept; mails' bodies and attachments as the user chose.

use chrono::TimeDelta;
use tornister_protocol::{
    mail::{Email, keyword},
    time::{LocalDate, UtcDate},
};

/// The user's choice. What is not kept is fetched when it is opened, and then kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Mail of the last so many days is kept with its body; unread and flagged mail is in any case.
    pub body_days: u16,
    /// Attachments of mail of the last so many days are kept …
    pub attachment_days: u16,
    /// … up to this size in bytes.
    pub attachment_bytes: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { body_days: 90, attachment_days: 30, attachment_bytes: 1_000_000 }
    }
}

impl Policy {
    /// The first day of which all mail is kept with its body.
    pub(super) fn bodies_since(&self, today: LocalDate) -> LocalDate {
        today.plus_days(-i64::from(self.body_days))
    }

    pub(super) fn wants_body(&self, mail: &Email, now: UtcDate) -> bool {
        !mail.is_seen()
            || mail.keywords.contains_key(keyword::FLAGGED)
            || LocalDate(mail.received_at.0.date()) >= self.bodies_since(LocalDate(now.0.date()))
    }

    pub(super) fn wants_attachments(&self, received_at: UtcDate, now: UtcDate) -> bool {
        now.0.signed_duration_since(received_at.0) <= TimeDelta::days(i64::from(self.attachment_days))
    }
}
