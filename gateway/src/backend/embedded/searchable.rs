//! An import stores mails first, and their words follow: somebody who brings a hundred thousand mails can read
//! them soon, and nobody who writes meanwhile waits for an index. What a search needs of mails that stand without it
//! is made in the background, some at a time, or as soon as their owner searches.
//!
//! Invariant: no query that depends on words answers from a moment in which one of its mails stands without them.

use std::{sync::Arc, time::Duration};

use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::{
    sync::Mutex,
    time::{sleep, timeout},
};
use tornister_formats::mime::Message;

use super::{
    blobs::{blocking, whole},
    change::Change,
    email_search::{self, Searched},
};
use crate::{backend::BackendError, database::Database, environment::Environment};

/// So many mails, or so many bytes, are made searchable in one transaction: one statement of the index.
const AT_ONCE: i64 = 512;
const BYTES_AT_ONCE: i64 = 16 * 1024 * 1024;
/// So long somebody waits who searches just after an import: a request may ask for three searches. A school's server
/// prepares twenty thousand mails in it.
const PATIENCE: Duration = Duration::from_secs(8);
/// Until somebody tries again who was not let write.
const PAUSE: Duration = Duration::from_millis(50);

/// The mails that no search finds yet. Cheap to clone.
#[derive(Clone)]
pub struct Backlog {
    database: Database,
    environment: Environment,
    /// Two at once would do the same work. Who waits for an own mailbox has the next turn.
    turn: Arc<Mutex<()>>,
}

impl Backlog {
    /// Of this database.
    pub fn new(database: Database, environment: Environment) -> Self {
        Self { database, environment, turn: Arc::default() }
    }

    /// Makes everybody's mails searchable. Where one person's cannot be, the others' are all the same.
    pub async fn work_off(&self) -> Result<(), BackendError> {
        let (mut outcome, mut done) = (Ok(()), String::new());
        while let Some(scope) = self.next(&done).await? {
            let made = loop {
                let turn = self.turn.lock().await;
                let some = self.some(&scope).await;
                drop(turn);
                if !matches!(some, Ok(true)) {
                    break some;
                }
            };
            outcome = outcome.and(made.map(drop));
            done = scope;
        }
        outcome
    }

    /// The first scope after this one in which mails stand without words.
    async fn next(&self, after: &str) -> Result<Option<String>, BackendError> {
        let next = sqlx::query_scalar(
            "SELECT scope FROM email INDEXED BY email_by_number
             WHERE number IS NULL AND scope > ?1 ORDER BY scope LIMIT 1",
        );
        Ok(next.bind(after).fetch_optional(&mut *self.database.glance().await?).await?)
    }

    /// A moment in which no mail of somebody stands without words, who wants to search.
    ///
    /// # Errors
    /// [`BackendError::Unavailable`] where that takes too long; the next try goes on.
    pub async fn moment_without(&self, scope: &str) -> Result<Transaction<'static, Sqlite>, BackendError> {
        let work = async {
            loop {
                let mut moment = self.database.read().await?;
                if !is_any(&mut moment, scope).await? {
                    return Ok(moment);
                }
                drop(moment);
                let _turn = self.turn.lock().await;
                match self.some(scope).await {
                    // While much is imported, others are let write now and then only.
                    Err(BackendError::Unavailable(_)) => sleep(PAUSE).await,
                    outcome => drop(outcome?),
                }
            }
        };
        let overdue = |_| Err(BackendError::Unavailable("mails are still being made searchable".into()));
        timeout(PATIENCE, work).await.unwrap_or_else(overdue)
    }

    /// Makes some of somebody's mails searchable; answers whether there were any.
    async fn some(&self, scope: &str) -> Result<bool, BackendError> {
        let raws = self.read(scope).await?;
        if raws.is_empty() {
            return Ok(false);
        }
        let mails = blocking(move || -> Vec<(String, Searched)> {
            raws.into_iter().map(|(id, raw)| (id, Searched::of(&Message::parse(&raw)))).collect()
        })
        .await?;
        let mut change = Change::begin(&self.database, self.environment.clock.unix_seconds()).await?;
        // Meanwhile its owner may have destroyed one, and another process made one searchable.
        let ids: Vec<&String> = mails.iter().map(|(id, _)| id).collect();
        let left: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM email WHERE scope = ?1 AND number IS NULL
                 AND id IN (SELECT value FROM json_each(?2)) ORDER BY id",
        )
        .bind(scope)
        .bind(serde_json::to_string(&ids)?)
        .fetch_all(&mut *change.transaction)
        .await?;
        let is_left = |(id, _): &&(String, Searched)| left.binary_search(id).is_ok();
        let mails: Vec<(&str, &Searched)> =
            mails.iter().filter(is_left).map(|(id, searched)| (id.as_str(), searched)).collect();
        email_search::add_all(&mut change, scope, &mails).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Some of the mails without words, and their bytes.
    async fn read(&self, scope: &str) -> Result<Vec<(String, Vec<u8>)>, BackendError> {
        let mut moment = self.database.read().await?;
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT id, blob_id, size FROM email INDEXED BY email_by_number
             WHERE scope = ?1 AND number IS NULL ORDER BY id LIMIT ?2",
        )
        .bind(scope)
        .bind(AT_ONCE)
        .fetch_all(&mut *moment)
        .await?;
        let (mut mails, mut bytes) = (Vec::new(), 0);
        for (id, blob_id, size) in rows {
            bytes += size;
            if bytes > BYTES_AT_ONCE && !mails.is_empty() {
                break;
            }
            mails.push((id, whole(&mut moment, &blob_id).await?.unwrap_or_default()));
        }
        Ok(mails)
    }
}

async fn is_any(moment: &mut SqliteConnection, scope: &str) -> Result<bool, BackendError> {
    let is_any = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM email INDEXED BY email_by_number WHERE scope = ?1 AND number IS NULL)",
    );
    Ok(is_any.bind(scope).fetch_one(moment).await?)
}
