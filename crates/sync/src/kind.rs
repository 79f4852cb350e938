//! What a device keeps of an account.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A kind of stored record. The names are part of the storage format: never rename one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in storage.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

kinds! {
    /// A folder of mail.
    Mailbox,
    /// What a list shows of a mail.
    Email,
    /// What an opened mail shows beyond that.
    EmailBody,
    /// A mail whose body is still to be fetched; the same id.
    BodyWanted,
    /// An attachment's or picture's bytes; the id is `EMAIL/BLOB`.
    Blob,
    /// A blob that is still to be fetched; the same id.
    BlobWanted,
    /// A calendar.
    Calendar,
    /// An event with its occurrences.
    CalendarEvent,
    /// A piece of homework.
    Task,
    /// A lesson on one date.
    Lesson,
    /// A note for one day.
    DayNote,
    /// How far the sync of one [`DataType`] has come; the id is its name.
    SyncPoint,
    /// Facts about the account on this device, such as when it was last synced.
    Meta,
}

/// A JMAP type that the device follows through `/changes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DataType {
    /// RFC 8621 §2.
    Mailbox,
    /// RFC 8621 §4. Threads follow from `threadId` on the device, so `Thread` is not fetched.
    Email,
    /// draft-ietf-jmap-calendars §4.
    Calendar,
    /// draft-ietf-jmap-calendars §5.
    CalendarEvent,
    /// draft-ietf-jmap-tasks §4.
    Task,
    /// Vendor type.
    Lesson,
    /// Vendor type.
    DayNote,
}

impl DataType {
    /// Every type, in the order in which a request asks for them.
    pub const ALL: [Self; 7] = [
        Self::Mailbox,
        Self::Email,
        Self::Calendar,
        Self::CalendarEvent,
        Self::Task,
        Self::Lesson,
        Self::DayNote,
    ];

    /// The JMAP name, as in `Email/get`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.kind().name()
    }

    /// The kind of record that its objects become; a mail's body is a second one.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Mailbox => Kind::Mailbox,
            Self::Email => Kind::Email,
            Self::Calendar => Kind::Calendar,
            Self::CalendarEvent => Kind::CalendarEvent,
            Self::Task => Kind::Task,
            Self::Lesson => Kind::Lesson,
            Self::DayNote => Kind::DayNote,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_in_storage_never_change() {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        let frozen = "Mailbox Email EmailBody BodyWanted Blob BlobWanted Calendar CalendarEvent Task Lesson \
                      DayNote SyncPoint Meta";
        assert_eq!(names.join(" "), frozen);
        for data_type in DataType::ALL {
            assert_eq!(serde_json::to_string(&data_type).unwrap(), format!("{:?}", data_type.name()));
        }
    }
}
