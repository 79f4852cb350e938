//! An import stores mails first, and their words follow: somebody who brings a hundred thousand mails can read
//! them soon, and nobody who writes meanwhile waits for an index. What a search needs of mails that stand without it
//! is made in the background, some at a time, or as soon as their owner searches.
//!
//! Invariant: no query that depends on words answers as long as one of its mails stands without them.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::timeout};
use tornister_formats::mime::Message;

use super::{
    blobs::{blocking, whole},
    change::Change,
    email_search::{self, Searched},
};
use crate::{backend::BackendError, database::Database, environment::Environment};

/// So many mails, or so many bytes, are made searchable in one transaction.
const AT_ONCE: i64 = 500;
const BYTES_AT_ONCE: i64 = 16 * 1024 * 1024;
/// So long somebody waits who searches just after an import; a school's server makes tens of thousands of mails
/// searchable in it.
const PATIENCE: Duration = Duration::from_secs(20);

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

    /// Makes everybody's mails searchable.
    pub async fn work_off(&self) -> Result<(), BackendError> {
        loop {
            let turn = self.turn.lock().await;
            let next = sqlx::query_scalar("SELECT scope FROM email WHERE number IS NULL LIMIT 1");
            let next: Option<String> = next.fetch_optional(&mut *self.database.glance().await?).await?;
            let Some(scope) = next else { return Ok(()) };
            self.some(&scope).await?;
            drop(turn);
        }
    }

    /// Makes one person's mails searchable, who wants to search.
    ///
    /// # Errors
    /// [`BackendError::Unavailable`] where that takes too long; the next try goes on.
    pub async fn work_off_of(&self, scope: &str) -> Result<(), BackendError> {
        let work = async {
            while self.is_any(scope).await? {
                let _turn = self.turn.lock().await;
                self.some(scope).await?;
            }
            Ok(())
        };
        let overdue = |_| Err(BackendError::Unavailable("mails are still being made searchable".into()));
        timeout(PATIENCE, work).await.unwrap_or_else(overdue)
    }

    async fn is_any(&self, scope: &str) -> Result<bool, BackendError> {
        let is_any =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM email WHERE scope = ?1 AND number IS NULL)");
        Ok(is_any.bind(scope).fetch_one(&mut *self.database.glance().await?).await?)
    }

    /// Makes some of somebody's mails searchable.
    async fn some(&self, scope: &str) -> Result<(), BackendError> {
        let mails = blocking({
            let raws = self.read(scope).await?;
            move || -> Vec<(String, Searched)> {
                raws.into_iter().map(|(id, raw)| (id, Searched::of(&Message::parse(&raw)))).collect()
            }
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
        Ok(())
    }

    /// Some of the mails without words, and their bytes.
    async fn read(&self, scope: &str) -> Result<Vec<(String, Vec<u8>)>, BackendError> {
        let mut moment = self.database.read().await?;
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT id, blob_id, size FROM email WHERE scope = ?1 AND number IS NULL ORDER BY id LIMIT ?2",
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
