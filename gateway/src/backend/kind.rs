//! The types of objects, as marks on the protocol's types: which source serves them, how they are
//! found and written.

use serde::{Deserialize, de::DeserializeOwned};
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    mail::{Email, EmailFilter, Mailbox, Thread},
    school::{DayNote, Lesson},
    tasks::{Task, TaskList},
    time::LocalDate,
};

use super::{EmailUpdate, Index, ReadOnly, ReadWrite, Source, TaskUpdate, Writer, email::BodyOptions};

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

    /// Who answers.
    fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>>;
}

/// A type with `/set`.
pub trait Writable: Kind {
    /// A patch that was understood.
    type Update: Send + Sync;

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

/// The conditions of a type that can be listed but not filtered: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoCondition {}

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
    Calendar: (), calendars.calendars;
    CalendarEvent: (), calendars.events;
    TaskList: (), tasks.lists;
    Task: (), tasks.tasks;
    Lesson: (), school.lessons;
    DayNote: (), school.day_notes;
}

impl Queryable for Email {
    type Condition = EmailFilter;

    fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>> {
        sources.mail.as_ref().map(|mail| mail.email_index.as_ref())
    }
}

impl Queryable for CalendarEvent {
    type Condition = NoCondition;

    fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>> {
        sources.calendars.as_ref().map(|calendars| calendars.event_index.as_ref())
    }
}

impl Queryable for Task {
    type Condition = NoCondition;

    fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>> {
        sources.tasks.as_ref().map(|tasks| tasks.task_index.as_ref())
    }
}

impl Queryable for Lesson {
    type Condition = LessonFilter;

    fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>> {
        sources.school.as_ref().map(|school| school.lesson_index.as_ref())
    }
}

impl Writable for Email {
    type Update = EmailUpdate;

    fn writer(sources: &ReadWrite) -> Option<&dyn Writer<Self>> {
        sources.emails.as_deref()
    }
}

impl Writable for Task {
    type Update = TaskUpdate;

    fn writer(sources: &ReadWrite) -> Option<&dyn Writer<Self>> {
        sources.tasks.as_deref()
    }
}
