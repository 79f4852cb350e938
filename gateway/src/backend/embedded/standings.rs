//! Where all types of an account stand, read with one statement: a phone's delta asks for each of them, and
//! mostly nothing has changed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sqlx::SqliteConnection;
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    mail::{Email, Mailbox, Thread},
    school::{DayNote, Lesson},
    tasks::{Task, TaskList},
};

use super::state::Scopes;
use crate::{
    backend::{
        BackendError, Kind as _,
        calendar::ParticipantIdentity,
        submission::{EmailSubmission, Identity, VacationResponse},
    },
    database::Database,
};

/// The types that are stored as objects; others are asked for one by one.
const TYPES: [&str; 13] = [
    Mailbox::NAME,
    Thread::NAME,
    Email::NAME,
    Identity::NAME,
    EmailSubmission::NAME,
    VacationResponse::NAME,
    Calendar::NAME,
    CalendarEvent::NAME,
    ParticipantIdentity::NAME,
    TaskList::NAME,
    Task::NAME,
    Lesson::NAME,
    DayNote::NAME,
];

/// Where a type stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// The newest number.
    pub top: i64,
    /// Up to which number destroyed objects have been forgotten.
    pub forgotten: i64,
}

/// By type, and the database's number when they were read.
type Known = Option<(i64, HashMap<String, Standing>)>;

/// What one request has read of where its account stands. A write of this process makes it read again.
#[derive(Clone, Default)]
pub struct Standings {
    known: Arc<Mutex<Known>>,
}

impl Standings {
    /// Where a type stands.
    pub async fn of(
        &self,
        database: &Database,
        scopes: &Scopes,
        kind: &str,
    ) -> Result<Standing, BackendError> {
        // Read before the standings are: a write in between makes the next question read again.
        let number = *database.changed().borrow();
        let is_known = matches!(&*self.lock(), Some((at, _)) if *at == number);
        if !is_known {
            let all = read(&mut *database.glance().await?, scopes, &TYPES).await?;
            *self.lock() = Some((number, all));
        }
        let known = self.lock().as_ref().and_then(|(_, all)| all.get(kind).copied());
        match known {
            Some(standing) => Ok(standing),
            None => standing(&mut *database.glance().await?, scopes, kind).await,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where one type stands at this moment: one statement.
pub async fn standing(
    connection: &mut SqliteConnection,
    scopes: &Scopes,
    kind: &str,
) -> Result<Standing, BackendError> {
    Ok(read(connection, scopes, &[kind]).await?.remove(kind).unwrap_or_default())
}

async fn read(
    connection: &mut SqliteConnection,
    scopes: &Scopes,
    types: &[&str],
) -> Result<HashMap<String, Standing>, BackendError> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT t.value, max(max(
             coalesce((SELECT max(modseq) FROM object WHERE scope = s.value AND type = t.value), 0),
             coalesce(c.modseq, 0))), max(coalesce(c.modseq, 0))
         FROM json_each(?2) t CROSS JOIN json_each(?1) s
             LEFT JOIN compacted c ON c.scope = s.value AND c.type = t.value
         GROUP BY t.value",
    )
    .bind(scopes.json())
    .bind(serde_json::to_string(types)?)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(kind, top, forgotten)| (kind, Standing { top, forgotten })).collect())
}
