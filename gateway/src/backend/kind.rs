//! The types of objects, as marks on the protocol's types: which source serves them, how they are
//! found and written.

use serde::{Deserialize, de::DeserializeOwned};
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    mail::{Email, Mailbox, Thread},
    school::{DayNote, Lesson},
    tasks::{Task, TaskList},
    time::LocalDate,
};

use super::{
    EmailCondition, EmailUpdate, Index, MailboxFields, MailboxSetOptions, NewEmail, ReadOnly, ReadWrite,
    Source, Writer,
    calendar::{ParticipantIdentity, TimeOptions},
    email::BodyOptions,
    submission::{EmailSubmission, Identity, VacationResponse},
};

/// A type of objects with `/get` and `/changes`.
pub trait Kind: Sized + Send + Sync + 'static {
    /// Its name in method names and in the store.
    const NAME: &'static str;
    /// What `/get` takes besides ids and properties.
    type Options: Default + Send + Sync;

    /// Who serves it; none where the account has no such module (R13).
    fn source(sources: &ReadOnly) -> Option<&dyn Source<Self>>;
}

/// A type with `/query` that its backend answers.
pub trait Queryable: Kind {
    /// The FilterCondition.
    type Condition: DeserializeOwned + Send + Sync;
    /// What `/query` takes besides the standard arguments.
    type QueryOptions: DeserializeOwned + Send + Sync;

    /// Who answers.
    fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>>;
}

/// A type with `/set`.
pub trait Writable: Kind {
    /// A new object that was understood.
    type Create: Send + Sync;
    /// A patch that was understood.
    type Update: Send + Sync;
    /// What `/set` takes besides the standard arguments.
    type SetOptions: DeserializeOwned + Send + Sync;

    /// Who carries it out.
    fn writer(sources: &ReadWrite) -> Option<&dyn Writer<Self>>;
}

/// The conditions of `Lesson/query`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LessonFilter {
    /// On this day or later.
    #[serde(default)]
    pub after: Option<LocalDate>,
    /// Before this day.
    #[serde(default)]
    pub before: Option<LocalDate>,
}

/// No further arguments than the standard ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct NoOptions {}

/// What `Email/query` takes besides (RFC 8621 §4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailQueryOptions {
    /// One mail of each thread, the first in order.
    #[serde(default)]
    pub collapse_threads: bool,
}

macro_rules! kinds {
    ($($kind:ident: $options:ty, $module:ident . $field:ident;)*) => {$(
        impl Kind for $kind {
            const NAME: &'static str = stringify!($kind);
            type Options = $options;

            fn source(sources: &ReadOnly) -> Option<&dyn Source<Self>> {
                sources.$module.as_ref().map(|module| module.$field.as_ref())
            }
        }
    )*};
}

kinds! {
    Mailbox: (), mail.mailboxes;
    Thread: (), mail.threads;
    Email: BodyOptions, mail.emails;
    Identity: (), submission.identities;
    EmailSubmission: (), submission.submissions;
    VacationResponse: (), submission.vacation;
    Calendar: (), calendars.calendars;
    CalendarEvent: TimeOptions, calendars.events;
    ParticipantIdentity: (), calendars.participants;
    TaskList: (), tasks.lists;
    Task: TimeOptions, tasks.tasks;
    Lesson: (), school.lessons;
    DayNote: (), school.day_notes;
}

impl Queryable for Email {
    type Condition = EmailCondition;
    type QueryOptions = EmailQueryOptions;

    fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>> {
        sources.mail.as_ref().map(|mail| mail.email_index.as_ref())
    }
}

impl Queryable for Lesson {
    type Condition = LessonFilter;
    type QueryOptions = NoOptions;

    fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>> {
        sources.school.as_ref().map(|school| school.lesson_index.as_ref())
    }
}

impl Writable for Email {
    type Create = NewEmail;
    type Update = EmailUpdate;
    type SetOptions = NoOptions;

    fn writer(sources: &ReadWrite) -> Option<&dyn Writer<Self>> {
        sources.emails.as_deref()
    }
}

impl Writable for Mailbox {
    type Create = MailboxFields;
    type Update = MailboxFields;
    type SetOptions = MailboxSetOptions;

    fn writer(sources: &ReadWrite) -> Option<&dyn Writer<Self>> {
        sources.mailboxes.as_deref()
    }
}
