//! What a session holds of one account.

use std::sync::Arc;

use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    mail::{Email, Mailbox, Thread},
    school::{DayNote, Lesson},
    tasks::{Task, TaskList},
};

use super::{
    Blobs, Deliveries, Index, Operations, Source, Uploads, Writer,
    calendar::ParticipantIdentity,
    quota::Quota,
    submission::{EmailSubmission, Identity, VacationResponse},
};

/// Mail.
#[derive(Clone)]
pub struct MailSources {
    /// Folders.
    pub mailboxes: Arc<dyn Source<Mailbox>>,
    /// Finds folders.
    pub mailbox_index: Arc<dyn Index<Mailbox>>,
    /// Conversations.
    pub threads: Arc<dyn Source<Thread>>,
    /// Mails.
    pub emails: Arc<dyn Source<Email>>,
    /// Finds mails.
    pub email_index: Arc<dyn Index<Email>>,
    /// When new mail arrived.
    pub deliveries: Arc<dyn Deliveries>,
    /// Whole messages, their parts and uploads.
    pub blobs: Arc<dyn Blobs>,
}

/// Calendars.
#[derive(Clone)]
pub struct CalendarSources {
    /// Calendars.
    pub calendars: Arc<dyn Source<Calendar>>,
    /// Their events.
    pub events: Arc<dyn Source<CalendarEvent>>,
    /// Finds events.
    pub event_index: Arc<dyn Index<CalendarEvent>>,
    /// Who the person is among participants.
    pub participants: Arc<dyn Source<ParticipantIdentity>>,
}

/// Homework.
#[derive(Clone)]
pub struct TaskSources {
    /// Lists.
    pub lists: Arc<dyn Source<TaskList>>,
    /// What stands in them.
    pub tasks: Arc<dyn Source<Task>>,
    /// Finds what stands in them.
    pub task_index: Arc<dyn Index<Task>>,
}

/// The timetable and what the school says about days.
#[derive(Clone)]
pub struct SchoolSources {
    /// Lessons.
    pub lessons: Arc<dyn Source<Lesson>>,
    /// Finds lessons.
    pub lesson_index: Arc<dyn Index<Lesson>>,
    /// Notes on days.
    pub day_notes: Arc<dyn Source<DayNote>>,
}

/// Sending mail.
#[derive(Clone)]
pub struct SubmissionSources {
    /// From which addresses.
    pub identities: Arc<dyn Source<Identity>>,
    /// What is on its way, and what has arrived.
    pub submissions: Arc<dyn Source<EmailSubmission>>,
    /// Finds what is on its way.
    pub submission_index: Arc<dyn Index<EmailSubmission>>,
    /// What is told while the person is away.
    pub vacation: Arc<dyn Source<VacationResponse>>,
}

/// How much room there is.
#[derive(Clone)]
pub struct QuotaSources {
    /// Limits.
    pub quotas: Arc<dyn Source<Quota>>,
    /// Finds limits.
    pub quota_index: Arc<dyn Index<Quota>>,
}

/// Everything that can be read. A module that the school denies is absent (R13). There is no way from
/// here to a [`Writer`].
#[derive(Clone, Default)]
pub struct ReadOnly {
    /// Mail.
    pub mail: Option<MailSources>,
    /// Sending mail.
    pub submission: Option<SubmissionSources>,
    /// Room.
    pub quota: Option<QuotaSources>,
    /// Calendars.
    pub calendars: Option<CalendarSources>,
    /// Homework.
    pub tasks: Option<TaskSources>,
    /// Timetable.
    pub school: Option<SchoolSources>,
}

/// Everything that can be read, and the writers.
#[derive(Clone)]
pub struct ReadWrite {
    /// What can be read.
    pub sources: ReadOnly,
    /// Which named changes were carried out.
    pub operations: Arc<dyn Operations>,
    /// Makes and changes mailboxes.
    pub mailboxes: Option<Arc<dyn Writer<Mailbox>>>,
    /// Makes mails and sets their keywords and mailboxes.
    pub emails: Option<Arc<dyn Writer<Email>>>,
    /// Makes and changes the person's own calendars.
    pub calendars: Option<Arc<dyn Writer<Calendar>>>,
    /// Makes and changes events in them.
    pub events: Option<Arc<dyn Writer<CalendarEvent>>>,
    /// Makes and changes who the person is among participants.
    pub participants: Option<Arc<dyn Writer<ParticipantIdentity>>>,
    /// Makes and changes the person's own lists.
    pub task_lists: Option<Arc<dyn Writer<TaskList>>>,
    /// Makes and changes tasks in them, and sets the progress of all.
    pub tasks: Option<Arc<dyn Writer<Task>>>,
    /// Makes and changes identities.
    pub identities: Option<Arc<dyn Writer<Identity>>>,
    /// Sends mail, and takes it back.
    pub submissions: Option<Arc<dyn Writer<EmailSubmission>>>,
    /// Sets what is told while the person is away.
    pub vacation: Option<Arc<dyn Writer<VacationResponse>>>,
    /// Takes bytes.
    pub uploads: Option<Arc<dyn Uploads>>,
}

/// What a session may do with an account.
#[derive(Clone)]
pub enum Access {
    /// Look: a parent's view (D7).
    ReadOnly(ReadOnly),
    /// Look and change: the pupil's own.
    ReadWrite(ReadWrite),
}

impl Access {
    /// What can be read.
    #[must_use]
    pub fn sources(&self) -> &ReadOnly {
        match self {
            Self::ReadOnly(sources) => sources,
            Self::ReadWrite(both) => &both.sources,
        }
    }

    /// The same without its writers.
    #[must_use]
    pub fn read_only(self) -> Self {
        match self {
            Self::ReadOnly(sources) | Self::ReadWrite(ReadWrite { sources, .. }) => Self::ReadOnly(sources),
        }
    }

    /// The writers, where there are any.
    #[must_use]
    pub fn writers(&self) -> Option<&ReadWrite> {
        match self {
            Self::ReadOnly(_) => None,
            Self::ReadWrite(both) => Some(both),
        }
    }
}
