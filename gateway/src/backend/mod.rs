//! The traits behind which a school's data lies (D3, D7).
//!
//! - [`Source`] reads the objects of one type, [`Index`] finds their ids, [`Blobs`] gives bytes,
//!   [`Writer`] changes objects, [`Uploads`] takes bytes. `changes` has what can be asked of a writer,
//!   [`Refusal`] why it refuses.
//! - [`calendar`], [`event_filter`], [`task`], [`mailbox`], [`submission`], [`email`], [`quota`]: what is asked
//!   of single types. [`jscalendar`] checks what a client writes, [`mod@patch`] applies patches, [`series`]
//!   knows occurrences.
//! - [`select`] filters and sorts in memory, for types of which there are few; [`collation`] orders texts,
//!   [`words`] makes them searchable.
//! - [`Access`] is what a session holds of one account: either a [`ReadOnly`] set of sources or a
//!   [`ReadWrite`] one. The read-only one has no writer, so no handler can forget to ask.
//! - [`School`] knows the people and gives each session its accounts.
//!
//! State strings and ids are the backend's own: opaque here, and derived from the upstream's where
//! there is one (D2).

mod access;
pub mod calendar;
mod changes;
pub mod collation;
pub mod email;
mod email_filter;
pub mod embedded;
mod error;
pub mod event_filter;
mod filter;
pub mod jscalendar;
mod kind;
pub mod mailbox;
pub mod moment;
pub mod patch;
pub mod quota;
mod refusal;
pub mod select;
pub mod series;
mod source;
pub mod submission;
pub mod task;
pub mod words;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;
use tornister_protocol::{auth::PasswordNeeds, id::AccountId};

pub use access::{
    Access, CalendarSources, MailSources, QuotaSources, ReadOnly, ReadWrite, SchoolSources,
    SubmissionSources, TaskSources,
};
pub use changes::{EmailUpdate, MailboxFields, MailboxSetOptions, Members, Never, NewEmail, Properties};
pub use email_filter::{EMAIL_CONDITIONS, EmailCondition, HeaderCondition};
pub use error::BackendError;
pub use filter::{Filter, Operator};
pub use kind::{EmailQueryOptions, Kind, LessonFilter, NoOptions, Queryable, Writable};
pub use refusal::{Refusal, RefusalKind};
pub use source::{
    Blobs, Changes, Comparator, Deliveries, Found, Holder, Index, Matches, News, Object, Plan, Source,
    Touched, Uploads, Wanted,
};
pub use writer::{Batch, Operation, Operations, Outcome, Patch, Writer};

/// One account as a session sees it.
#[derive(Clone)]
pub struct AccountAccess {
    /// Its id, unique on this gateway.
    pub id: AccountId,
    /// The login that opens it.
    pub login: String,
    /// The pupil's name, as people write it.
    pub name: String,
    /// Whether it is the session's own person's.
    pub is_personal: bool,
    /// Under which its person takes part in events, as `mailto:`; empty where there is none.
    pub address: String,
    /// What may be done with it.
    pub access: Access,
    /// Whether anything in it may have changed.
    pub news: Arc<dyn News>,
}

/// What a login and a password are good for. A login is as the school writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Nothing: no such login, or not its password.
    Refused,
    /// The password is right, but the school lets this person in no more.
    Locked,
    /// The password is right, and good for choosing a new one that fulfils these rules (R7).
    NewPasswordNeeded(String, PasswordNeeds),
    /// This person may come in.
    Welcome(String),
}

/// A school's people and their data.
#[async_trait]
pub trait School: Send + Sync {
    /// What this login and password are good for. Takes the same time for a login that does not exist.
    ///
    /// # Errors
    /// Where the school cannot be asked.
    async fn authenticate(&self, login: &str, password: &str) -> Result<Authentication, BackendError>;

    /// Sets the password that somebody chose and ends their sessions; or answers which of the school's
    /// rules it breaks. `login` and `old` have been found right.
    ///
    /// # Errors
    /// Where the school cannot be asked.
    async fn choose_password(
        &self,
        login: &str,
        old: &str,
        new: &str,
    ) -> Result<Result<(), PasswordNeeds>, BackendError>;

    /// What this person may see, the own account first; nothing where there is no such person any more.
    ///
    /// # Errors
    /// Where the school cannot be asked.
    async fn accounts(&self, login: &str) -> Result<Vec<AccountAccess>, BackendError>;

    /// Moves whenever something may have changed in any account.
    fn changed(&self) -> watch::Receiver<i64>;
}
