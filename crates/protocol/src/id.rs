//! Newtype ids and state strings (RFC 8620 §1.2, §5.1). All are opaque to the app.

use serde::{Deserialize, Serialize};

macro_rules! string_newtype {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }
    )*};
}

string_newtype! {
    /// One person's school data on the server; a parent's session lists one per child.
    AccountId;
    /// Bytes that a download answers: a whole message, an attachment, a picture.
    BlobId;
    /// A [`Calendar`](crate::calendars::Calendar).
    CalendarId;
    /// A [`CalendarEvent`](crate::calendars::CalendarEvent), the whole series.
    EventId;
    /// A [`DayNote`](crate::school::DayNote).
    DayNoteId;
    /// An [`Email`](crate::mail::Email).
    EmailId;
    /// A [`Lesson`](crate::school::Lesson) on one date.
    LessonId;
    /// A [`Mailbox`](crate::mail::Mailbox).
    MailboxId;
    /// All objects of one type in one account at one moment; only compared, never read.
    State;
    /// A [`TaskList`](crate::tasks::TaskList).
    TaskListId;
    /// A [`Task`](crate::tasks::Task).
    TaskId;
    /// A [`Thread`](crate::mail::Thread).
    ThreadId;
}
