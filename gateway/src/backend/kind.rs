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
    EmailCondition, EmailUpdate, Index, MailboxFields, MailboxSetOptions, Never, NewEmail, Object,
    Properties, ReadOnly, ReadWrite, Source, Writer,
    calendar::{
        CalendarSetOptions, EventQueryOptions, EventSetOptions, ParticipantIdentity, ParticipantSetOptions,
        TimeOptions,
    },
    email::BodyOptions,
    event_filter::EventCondition,
    mailbox::{MailboxCondition, MailboxQueryOptions},
    quota::{Quota, QuotaCondition},
    submission::{
        EmailSubmission, Identity, IdentityFields, NewSubmission, SubmissionCondition, SubmissionUpdate,
        VacationResponse,
    },
    task::{TaskCondition, TaskListSetOptions, TaskSetOptions},
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
    Quota: (), quota.quotas;
    Calendar: (), calendars.calendars;
    CalendarEvent: TimeOptions, calendars.events;
    ParticipantIdentity: (), calendars.participants;
    TaskList: (), tasks.lists;
    Task: TimeOptions, tasks.tasks;
    Lesson: (), school.lessons;
    DayNote: (), school.day_notes;
}

macro_rules! queryable {
    ($($kind:ident: $condition:ty, $options:ty, $module:ident . $field:ident;)*) => {$(
        impl Queryable for $kind {
            type Condition = $condition;
            type QueryOptions = $options;

            fn index(sources: &ReadOnly) -> Option<&dyn Index<Self>> {
                sources.$module.as_ref().map(|module| module.$field.as_ref())
            }
        }
    )*};
}

queryable! {
    Mailbox: MailboxCondition, MailboxQueryOptions, mail.mailbox_index;
    Email: EmailCondition, EmailQueryOptions, mail.email_index;
    EmailSubmission: SubmissionCondition, NoOptions, submission.submission_index;
    Quota: QuotaCondition, NoOptions, quota.quota_index;
    CalendarEvent: EventCondition, EventQueryOptions, calendars.event_index;
    Task: TaskCondition, NoOptions, tasks.task_index;
    Lesson: LessonFilter, NoOptions, school.lesson_index;
}

macro_rules! writable {
    ($($kind:ident: $create:ty, $update:ty, $options:ty, $field:ident;)*) => {$(
        impl Writable for $kind {
            type Create = $create;
            type Update = $update;
            type SetOptions = $options;

            fn writer(sources: &ReadWrite) -> Option<&dyn Writer<Self>> {
                sources.$field.as_deref()
            }
        }
    )*};
}

writable! {
    Mailbox: MailboxFields, MailboxFields, MailboxSetOptions, mailboxes;
    Email: NewEmail, EmailUpdate, NoOptions, emails;
    Identity: IdentityFields, IdentityFields, NoOptions, identities;
    EmailSubmission: NewSubmission, SubmissionUpdate, NoOptions, submissions;
    VacationResponse: Never, Properties, NoOptions, vacation;
    Calendar: Properties, Properties, CalendarSetOptions, calendars;
    CalendarEvent: Object, Object, EventSetOptions, events;
    ParticipantIdentity: Properties, Properties, ParticipantSetOptions, participants;
    TaskList: Properties, Properties, TaskListSetOptions, task_lists;
    Task: Object, Object, TaskSetOptions, tasks;
}
