//! What a method gets and answers, and the list of all methods.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    capability::{CALENDARS, CORE, MAIL, SCHOOL, TASKS},
    core::{MethodError, MethodErrorKind},
    id::AccountId,
    mail::{Email, Mailbox, Thread},
    school::{DayNote, Lesson},
    tasks::{Task, TaskList},
};

use super::{
    blob,
    capability::{BLOB, QUOTA, SUBMISSION, VACATION},
    core, email, snippet,
    standard::{changes, copy, get, query, query_changes, set},
    submission,
};
use crate::{
    backend::{
        AccountAccess, BackendError,
        calendar::ParticipantIdentity,
        quota::Quota,
        submission::{EmailSubmission, Identity, VacationResponse},
    },
    environment::Environment,
};

/// What the calls of one request leave to those after them.
#[derive(Debug, Default)]
pub struct Run {
    /// Creation ids and what the server named them (RFC 8620 §3.3).
    pub created_ids: BTreeMap<String, String>,
    /// Calls that a method makes after its own answer, under the same call id, such as the implicit
    /// `Email/set` of RFC 8621 §7.5.
    pub follow_ups: Vec<(&'static str, Map<String, Value>)>,
}

/// One call of a method.
pub struct Call<'c> {
    /// What the session may see.
    pub accounts: &'c [AccountAccess],
    /// The capabilities that the request uses.
    pub using: &'c [String],
    /// With back-references resolved.
    pub arguments: Map<String, Value>,
    /// Time and randomness.
    pub environment: &'c Environment,
    /// What earlier calls left.
    pub run: &'c mut Run,
}

/// What a method answers: the arguments of its response.
pub type Answer = Result<Value, MethodError>;

type Running<'c> = Pin<Box<dyn Future<Output = Answer> + Send + 'c>>;

/// A method by its name.
pub struct Method {
    /// Such as `Email/get`.
    pub name: &'static str,
    /// The capability that has to be in `using`.
    pub capability: &'static str,
    run: for<'c> fn(Call<'c>) -> Running<'c>,
}

impl Method {
    /// The method of this name, among those of the used capabilities.
    pub fn find(name: &str, using: &[String]) -> Option<&'static Self> {
        let method = Self::named(name)?;
        using.iter().any(|used| used == method.capability).then_some(method)
    }

    /// The method of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        METHODS.iter().find(|method| method.name == name)
    }

    /// Carries out a call.
    pub fn run<'c>(&self, call: Call<'c>) -> Running<'c> {
        (self.run)(call)
    }
}

macro_rules! methods {
    ($($name:literal, $capability:ident, $run:expr;)*) => {
        /// All methods of this server.
        pub static METHODS: &[Method] = &[$(
            Method { name: $name, capability: $capability, run: |call| Box::pin($run(call)) },
        )*];
    };
}

methods! {
    "Core/echo", CORE, core::echo;
    "Blob/copy", CORE, blob::copy;
    "Blob/upload", BLOB, blob::upload;
    "Blob/get", BLOB, blob::get;
    "Blob/lookup", BLOB, blob::lookup;
    "Quota/get", QUOTA, get::<Quota>;
    "Quota/changes", QUOTA, changes::<Quota>;
    "Quota/query", QUOTA, query::<Quota>;
    "Quota/queryChanges", QUOTA, query_changes::<Quota>;
    "Mailbox/get", MAIL, get::<Mailbox>;
    "Mailbox/changes", MAIL, changes::<Mailbox>;
    "Mailbox/query", MAIL, query::<Mailbox>;
    "Mailbox/queryChanges", MAIL, query_changes::<Mailbox>;
    "Mailbox/set", MAIL, set::<Mailbox>;
    "Thread/get", MAIL, get::<Thread>;
    "Thread/changes", MAIL, changes::<Thread>;
    "Email/get", MAIL, get::<Email>;
    "Email/changes", MAIL, changes::<Email>;
    "Email/query", MAIL, query::<Email>;
    "Email/queryChanges", MAIL, query_changes::<Email>;
    "Email/set", MAIL, set::<Email>;
    "Email/copy", MAIL, email::copy;
    "Email/import", MAIL, email::import;
    "Email/parse", MAIL, email::parse;
    "SearchSnippet/get", MAIL, snippet::get;
    "Identity/get", SUBMISSION, get::<Identity>;
    "Identity/changes", SUBMISSION, changes::<Identity>;
    "Identity/set", SUBMISSION, set::<Identity>;
    "EmailSubmission/get", SUBMISSION, get::<EmailSubmission>;
    "EmailSubmission/changes", SUBMISSION, changes::<EmailSubmission>;
    "EmailSubmission/query", SUBMISSION, query::<EmailSubmission>;
    "EmailSubmission/queryChanges", SUBMISSION, query_changes::<EmailSubmission>;
    "EmailSubmission/set", SUBMISSION, submission::set;
    "VacationResponse/get", VACATION, get::<VacationResponse>;
    "VacationResponse/set", VACATION, set::<VacationResponse>;
    "Calendar/get", CALENDARS, get::<Calendar>;
    "Calendar/changes", CALENDARS, changes::<Calendar>;
    "Calendar/set", CALENDARS, set::<Calendar>;
    "ParticipantIdentity/get", CALENDARS, get::<ParticipantIdentity>;
    "ParticipantIdentity/changes", CALENDARS, changes::<ParticipantIdentity>;
    "ParticipantIdentity/set", CALENDARS, set::<ParticipantIdentity>;
    "CalendarEvent/get", CALENDARS, get::<CalendarEvent>;
    "CalendarEvent/changes", CALENDARS, changes::<CalendarEvent>;
    "CalendarEvent/query", CALENDARS, query::<CalendarEvent>;
    "CalendarEvent/queryChanges", CALENDARS, query_changes::<CalendarEvent>;
    "CalendarEvent/set", CALENDARS, set::<CalendarEvent>;
    "CalendarEvent/copy", CALENDARS, |call| copy::<CalendarEvent>(call, "CalendarEvent/set");
    "TaskList/get", TASKS, get::<TaskList>;
    "TaskList/changes", TASKS, changes::<TaskList>;
    "TaskList/set", TASKS, set::<TaskList>;
    "Task/get", TASKS, get::<Task>;
    "Task/changes", TASKS, changes::<Task>;
    "Task/query", TASKS, query::<Task>;
    "Task/queryChanges", TASKS, query_changes::<Task>;
    "Task/set", TASKS, set::<Task>;
    "Task/copy", TASKS, |call| copy::<Task>(call, "Task/set");
    "Lesson/get", SCHOOL, get::<Lesson>;
    "Lesson/changes", SCHOOL, changes::<Lesson>;
    "Lesson/query", SCHOOL, query::<Lesson>;
    "Lesson/queryChanges", SCHOOL, query_changes::<Lesson>;
    "DayNote/get", SCHOOL, get::<DayNote>;
    "DayNote/changes", SCHOOL, changes::<DayNote>;
}

impl<'c> Call<'c> {
    /// The arguments as their type.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, MethodError> {
        T::deserialize(&self.arguments).map_err(|reason| invalid_arguments(reason.to_string()))
    }

    /// The account that the call names.
    pub fn account(&self, id: &AccountId) -> Result<&'c AccountAccess, MethodError> {
        let account = self.accounts.iter().find(|account| account.id == *id);
        account.ok_or_else(|| bare(MethodErrorKind::AccountNotFound))
    }

    /// The account that a copy comes from.
    pub fn source_account(&self, id: &AccountId) -> Result<&'c AccountAccess, MethodError> {
        self.account(id).map_err(|_| bare(MethodErrorKind::FromAccountNotFound))
    }
}

/// An error without words.
pub fn bare(kind: MethodErrorKind) -> MethodError {
    MethodError { kind, description: None }
}

/// An error with words for developers.
pub fn error(kind: MethodErrorKind, description: String) -> MethodError {
    MethodError { kind, description: Some(description) }
}

/// An argument has the wrong type or value.
pub fn invalid_arguments(description: String) -> MethodError {
    error(MethodErrorKind::InvalidArguments, description)
}

/// Faults on this side are logged here, and answered without their reasons.
#[expect(clippy::needless_pass_by_value, reason = "it is the argument of map_err")]
pub fn backend_error(failure: BackendError) -> MethodError {
    let kind = match &failure {
        BackendError::CannotCalculateChanges => return bare(MethodErrorKind::CannotCalculateChanges),
        BackendError::StateMismatch => return bare(MethodErrorKind::StateMismatch),
        BackendError::CannotCalculateOccurrences => MethodErrorKind::CannotCalculateOccurrences,
        BackendError::TooManyObjects { .. } => MethodErrorKind::RequestTooLarge,
        BackendError::UnsupportedFilter(_) => MethodErrorKind::UnsupportedFilter,
        BackendError::UnsupportedSort(_) => MethodErrorKind::UnsupportedSort,
        BackendError::Unavailable(source) => {
            tracing::warn!(error = %source, "backend unavailable");
            return bare(MethodErrorKind::ServerUnavailable);
        }
        BackendError::Internal(source) => {
            tracing::error!(error = %source, "backend failed");
            return bare(MethodErrorKind::ServerFail);
        }
    };
    error(kind, failure.to_string())
}
