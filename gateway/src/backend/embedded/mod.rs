//! The embedded school: a backend like the others, on SQLite, filled from standard files (D3).
//!
//! Floor plan:
//! - `state`: scopes, state strings, derived ids. `standings`: where an account's types stand. `objects`, `change`: versioned objects, read and written.
//! - `view`: one account's sources. `email_read`, `email_write`, `mailbox_rules`, `mailbox_write`, `lesson_index`: what is
//!   special about a type; `object_index` queries those that have nothing special.
//! - `collection`, `collection_write`, `entry_write`, `participant_write`: own calendars and lists, and what is
//!   in them. `personal`: what a person sets for themself on the school's.
//! - `emails`, `counters`, `threads`: mails and what hangs on them. `blobs`: their bytes; `quota`: how many.
//!   `uploads`: bytes that wait to be used.
//! - `word_index`: what can be searched; `email_search`, `entry_search`: what of mails, of events and tasks.
//!   `searchable`: imported mails become so, after they are stored.
//! - `password`: who may come in. `settings`: what the profile says.
//! - `operations`: named changes that were carried out.
//! - `identity_write`, `submission_write`: sending. [`delivery`]: what was sent arrives.
//! - [`import`]: files to objects. [`people`]: who is at the school, and who may come in.
//!
//! Invariants:
//! - The state of a type in an account moves if and only if an object of the type that the account sees
//!   has changed.
//! - Mailbox counters and threads change in the transaction that changes their mails.

mod blobs;
mod change;
mod collection;
mod collection_write;
mod counters;
mod delivery;
mod email_index;
mod email_read;
mod email_search;
mod email_write;
mod emails;
mod entry_search;
mod entry_write;
mod identity_write;
pub mod import;
mod lesson_index;
mod mailbox_rules;
mod mailbox_write;
mod object_index;
mod objects;
mod operations;
mod participant_write;
mod password;
pub mod people;
mod personal;
mod quota;
mod searchable;
mod settings;
mod standings;
mod state;
mod submission_write;
mod threads;
mod uploads;
mod view;
mod word_index;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;
use tornister_protocol::{auth::PasswordNeeds, id::AccountId};

use crate::{
    backend::{
        Access, AccountAccess, Authentication, BackendError, CalendarSources, MailSources, QuotaSources,
        ReadOnly, ReadWrite, School, SchoolSources, SubmissionSources, TaskSources,
    },
    database::Database,
    environment::Environment,
};
use change::Change;
use password::Passwords;
use searchable::Backlog;
use standings::Standings;
use state::Scopes;
use view::View;

/// For how many days a device may stay away and still get a delta, where the school says nothing else.
pub const HISTORY_DAYS: u32 = 90;
const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// A school in a SQLite file.
#[derive(Clone)]
pub struct EmbeddedSchool {
    database: Database,
    environment: Environment,
    passwords: Passwords,
    backlog: Backlog,
    history_days: u32,
}

impl EmbeddedSchool {
    /// The school in this database.
    #[must_use]
    pub fn new(database: Database, environment: Environment) -> Self {
        let passwords = Passwords::new(environment.clone());
        let backlog = Backlog::new(database.clone(), environment.clone());
        Self { database, environment, passwords, backlog, history_days: HISTORY_DAYS }
    }

    /// The same, which tells devices exactly what has changed for so many days.
    #[must_use]
    pub fn with_history_days(self, history_days: u32) -> Self {
        Self { history_days, ..self }
    }

    /// Forgets what was destroyed so long ago that no device is expected to ask for it, and indexes the events and
    /// tasks that an earlier version stored.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn compact(&self) -> Result<(), BackendError> {
        let now = self.environment.clock.unix_seconds();
        let mut change = Change::begin(&self.database, now).await?;
        change.compact(now - i64::from(self.history_days) * SECONDS_A_DAY).await?;
        operations::forget(&mut change, now - i64::from(self.history_days) * SECONDS_A_DAY).await?;
        uploads::sweep(&mut change).await?;
        entry_search::add_missing(&mut change).await?;
        change.commit().await?;
        Ok(())
    }

    /// Lets searches find the mails that were imported since the last time, or stored by an earlier version. Whoever
    /// searches before has the own mails prepared first.
    ///
    /// # Errors
    /// See [`BackendError`], of the first person whose mails could not be prepared; the next try goes on.
    pub async fn make_searchable(&self) -> Result<(), BackendError> {
        self.backlog.work_off().await
    }

    fn view(&self, login: &str, class: Option<&str>) -> Arc<View> {
        let mut scopes = vec![user_scope(login)];
        scopes.extend(class.map(class_scope));
        scopes.push(SCHOOL_SCOPE.to_owned());
        Arc::new(View {
            database: self.database.clone(),
            environment: self.environment.clone(),
            backlog: self.backlog.clone(),
            scopes: Scopes::new(&self.database, scopes),
            standings: Standings::default(),
        })
    }

    fn access(view: &Arc<View>) -> Access {
        let sources = ReadOnly {
            mail: Some(MailSources {
                mailboxes: view.clone(),
                mailbox_index: view.clone(),
                threads: view.clone(),
                emails: view.clone(),
                email_index: view.clone(),
                deliveries: view.clone(),
                blobs: view.clone(),
            }),
            submission: Some(SubmissionSources {
                identities: view.clone(),
                submissions: view.clone(),
                submission_index: view.clone(),
                vacation: view.clone(),
            }),
            quota: Some(QuotaSources { quotas: view.clone(), quota_index: view.clone() }),
            calendars: Some(CalendarSources {
                calendars: view.clone(),
                events: view.clone(),
                event_index: view.clone(),
                participants: view.clone(),
            }),
            tasks: Some(TaskSources { lists: view.clone(), tasks: view.clone(), task_index: view.clone() }),
            school: Some(SchoolSources {
                lessons: view.clone(),
                lesson_index: view.clone(),
                day_notes: view.clone(),
            }),
        };
        Access::ReadWrite(ReadWrite {
            sources,
            operations: view.clone(),
            mailboxes: Some(view.clone()),
            emails: Some(view.clone()),
            calendars: Some(view.clone()),
            events: Some(view.clone()),
            participants: Some(view.clone()),
            task_lists: Some(view.clone()),
            tasks: Some(view.clone()),
            identities: Some(view.clone()),
            submissions: Some(view.clone()),
            vacation: Some(view.clone()),
            uploads: Some(view.clone()),
        })
    }
}

const SCHOOL_SCOPE: &str = "school";

fn user_scope(login: &str) -> String {
    format!("user:{login}")
}

fn class_scope(class: &str) -> String {
    format!("class:{class}")
}

#[async_trait]
impl School for EmbeddedSchool {
    async fn authenticate(&self, login: &str, password: &str) -> Result<Authentication, BackendError> {
        let login = login.trim().to_lowercase();
        let row: Option<(Option<String>, bool, bool)> = {
            let mut glance = self.database.glance().await?;
            let row = sqlx::query_as(
                "SELECT password, is_provisional, locked IS NOT NULL FROM person WHERE login = ?1",
            );
            row.bind(&login).fetch_optional(&mut *glance).await?
        };
        let (hash, is_provisional, is_locked) = row.unwrap_or_default();
        if !self.passwords.verify(hash, password.to_owned()).await? {
            return Ok(Authentication::Refused);
        }
        Ok(match (is_locked, is_provisional) {
            (true, _) => Authentication::Locked,
            (false, true) => Authentication::NewPasswordNeeded(login, self.password_policy().await?.needs()),
            (false, false) => Authentication::Welcome(login),
        })
    }

    async fn choose_password(
        &self,
        login: &str,
        old: &str,
        new: &str,
    ) -> Result<Result<(), PasswordNeeds>, BackendError> {
        self.set_own_password(login, old, new).await
    }

    async fn accounts(&self, login: &str) -> Result<Vec<AccountAccess>, BackendError> {
        let mut glance = self.database.glance().await?;
        let person: Option<(String, String, Option<String>, Option<String>)> = sqlx::query_as(
            "SELECT account_id, name, class, email FROM person
             WHERE login = ?1 AND locked IS NULL AND NOT is_provisional",
        )
        .bind(login)
        .fetch_optional(&mut *glance)
        .await?;
        let own = person.map(|(id, name, class, email)| {
            let view = self.view(login, class.as_deref());
            AccountAccess {
                id: AccountId(id),
                login: login.to_owned(),
                name,
                is_personal: true,
                address: email.map(|email| format!("mailto:{email}")).unwrap_or_default(),
                access: Self::access(&view),
                news: view,
            }
        });
        Ok(own.into_iter().collect())
    }

    fn changed(&self) -> watch::Receiver<i64> {
        self.database.changed()
    }
}
