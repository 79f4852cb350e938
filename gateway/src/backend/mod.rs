//! The traits behind which a school's data lies (D3, D7).
//!
//! - [`Source`] reads the objects of one type, [`Index`] finds their ids, [`Blobs`] gives bytes,
//!   [`Writer`] changes objects.
//! - [`Access`] is what a session holds of one account: either a [`ReadOnly`] set of sources or a
//!   [`ReadWrite`] one. The read-only one has no writer, so no handler can forget to ask.
//! - [`School`] knows the people and gives each session its accounts.
//!
//! State strings and ids are the backend's own: opaque here, and derived from the upstream's where
//! there is one (D2).

mod access;
pub mod email;
pub mod embedded;
mod error;
mod filter;
mod kind;
mod source;
mod writer;

use async_trait::async_trait;
use tornister_protocol::id::AccountId;

pub use access::{Access, CalendarSources, MailSources, ReadOnly, ReadWrite, SchoolSources, TaskSources};
pub use error::BackendError;
pub use filter::{Filter, Operator};
pub use kind::{Kind, LessonFilter, NoCondition, Queryable, Writable};
pub use source::{Blobs, Changes, Found, Index, Matches, Object, Plan, Source, Wanted};
pub use writer::{EmailUpdate, Members, SetOutcome, TaskUpdate, Writer};

/// One account as a session sees it.
#[derive(Clone)]
pub struct AccountAccess {
    /// Its id, unique on this gateway.
    pub id: AccountId,
    /// The pupil's name, as people write it.
    pub name: String,
    /// Whether it is the session's own person's.
    pub is_personal: bool,
    /// What may be done with it.
    pub access: Access,
}

/// A school's people and their data.
#[async_trait]
pub trait School: Send + Sync {
    /// The login as the school writes it, where the password is right. Takes the same time for a login
    /// that does not exist.
    ///
    /// # Errors
    /// Where the school cannot be asked.
    async fn authenticate(&self, login: &str, password: &str) -> Result<Option<String>, BackendError>;

    /// What this person may see, the own account first; nothing where there is no such person any more.
    ///
    /// # Errors
    /// Where the school cannot be asked.
    async fn accounts(&self, login: &str) -> Result<Vec<AccountAccess>, BackendError>;
}
