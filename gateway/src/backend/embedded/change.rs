//! Writing versioned objects: one transaction, one number for each change, none for what stays the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;
use sqlx::{Sqlite, Transaction};

use super::{counters::COUNTERS, entry_search};
use crate::{
    backend::{BackendError, Object},
    database::Database,
};

/// An object to be stored.
#[derive(Debug)]
pub struct Item {
    /// As JMAP answers it.
    pub object: Object,
    /// By what queries sort it: a day and a place within it.
    pub day: Option<(String, i64)>,
}

impl Item {
    /// An object that no query sorts.
    #[must_use]
    pub fn plain(object: Object) -> Self {
        Self { object, day: None }
    }
}

/// A write transaction. Nothing is visible to others before [`Change::commit`].
pub struct Change {
    /// For tables besides `object`.
    pub transaction: Transaction<'static, Sqlite>,
    /// Unix seconds.
    pub now: i64,
    database: Database,
    before: i64,
    modseq: i64,
}

impl Change {
    /// Waits for the right to write. `now` in Unix seconds.
    pub async fn begin(database: &Database, now: i64) -> Result<Self, BackendError> {
        let mut transaction = database.write().await?;
        let modseq = sqlx::query_scalar("SELECT modseq FROM counter").fetch_one(&mut *transaction).await?;
        Ok(Self { transaction, now, database: database.clone(), before: modseq, modseq })
    }

    /// Makes everything visible at once; answers how many objects changed.
    pub async fn commit(mut self) -> Result<i64, BackendError> {
        let changed = self.modseq - self.before;
        if changed > 0 {
            sqlx::query("UPDATE counter SET modseq = ?1")
                .bind(self.modseq)
                .execute(&mut *self.transaction)
                .await?;
        }
        self.transaction.commit().await?;
        self.database.announce(self.modseq);
        Ok(changed)
    }

    /// One living object.
    pub async fn read(&mut self, scope: &str, kind: &str, id: &str) -> Result<Option<Object>, BackendError> {
        let json = self.read_json(scope, kind, id).await?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    async fn read_json(&mut self, scope: &str, kind: &str, id: &str) -> Result<Option<String>, BackendError> {
        let json = sqlx::query_scalar(
            "SELECT json FROM object WHERE scope = ?1 AND type = ?2 AND id = ?3 AND destroyed IS NULL",
        );
        Ok(json.bind(scope).bind(kind).bind(id).fetch_optional(&mut *self.transaction).await?)
    }

    /// All living objects of a type, as JSON text by id.
    pub async fn read_all(
        &mut self,
        scope: &str,
        kind: &str,
    ) -> Result<HashMap<String, String>, BackendError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, json FROM object WHERE scope = ?1 AND type = ?2 AND destroyed IS NULL",
        )
        .bind(scope)
        .bind(kind)
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(rows.into_iter().collect())
    }

    /// Stores an object; answers whether that changed anything.
    pub async fn put(
        &mut self,
        scope: &str,
        kind: &str,
        id: &str,
        item: &Item,
    ) -> Result<bool, BackendError> {
        let old = self.read_json(scope, kind, id).await?;
        self.put_over(scope, kind, id, item, old.as_deref()).await
    }

    /// Notes that the person made, changed or destroyed this: it is no import's any more.
    pub async fn note_edited(&mut self, scope: &str, kind: &str, id: &str) -> Result<(), BackendError> {
        sqlx::query("INSERT INTO edited (scope, type, id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
            .bind(scope)
            .bind(kind)
            .bind(id)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Makes exactly these the living objects of a type in a scope, but for those that the person edited.
    pub async fn put_all(
        &mut self,
        scope: &str,
        kind: &str,
        items: &BTreeMap<String, Item>,
    ) -> Result<(), BackendError> {
        let old = self.read_all(scope, kind).await?;
        let edited: Vec<String> = sqlx::query_scalar("SELECT id FROM edited WHERE scope = ?1 AND type = ?2")
            .bind(scope)
            .bind(kind)
            .fetch_all(&mut *self.transaction)
            .await?;
        let edited: HashSet<String> = edited.into_iter().collect();
        for (id, item) in items.iter().filter(|(id, _)| !edited.contains(*id)) {
            self.put_over(scope, kind, id, item, old.get(id).map(String::as_str)).await?;
        }
        let mut gone: Vec<&String> =
            old.keys().filter(|id| !items.contains_key(*id) && !edited.contains(*id)).collect();
        gone.sort();
        for id in gone {
            self.destroy(scope, kind, id).await?;
        }
        Ok(())
    }

    async fn put_over(
        &mut self,
        scope: &str,
        kind: &str,
        id: &str,
        item: &Item,
        old: Option<&str>,
    ) -> Result<bool, BackendError> {
        // Compared as objects: the order of their properties means nothing.
        let old = old.map(serde_json::from_str::<Object>).transpose()?;
        if old.as_ref() == Some(&item.object) {
            return Ok(false);
        }
        let json = serde_json::to_string(&item.object)?;
        self.modseq += 1;
        let only_counted =
            old.as_ref().is_some_and(|old| without_counters(old) == without_counters(&item.object));
        let (day, rank) = item.day.as_ref().map(|(day, rank)| (day.as_str(), *rank)).unzip();
        // An id that comes back after its destruction is a new object to everybody.
        sqlx::query(
            "INSERT INTO object (scope, type, id, created, modseq, settled, json, day, rank)
             VALUES (?1, ?2, ?3, ?4, ?4, ?4, ?5, ?6, ?7)
             ON CONFLICT (scope, type, id) DO UPDATE SET
                 created = iif(destroyed IS NULL, created, excluded.created), modseq = excluded.modseq,
                 settled = iif(?8, settled, excluded.settled),
                 destroyed = NULL, json = excluded.json, day = excluded.day, rank = excluded.rank",
        )
        .bind(scope)
        .bind(kind)
        .bind(id)
        .bind(self.modseq)
        .bind(json)
        .bind(day)
        .bind(rank)
        .bind(only_counted)
        .execute(&mut *self.transaction)
        .await?;
        entry_search::note(self, scope, kind, old.as_ref(), (id, &item.object)).await?;
        Ok(true)
    }

    /// Destroys an object; of its content nothing is kept.
    pub async fn destroy(&mut self, scope: &str, kind: &str, id: &str) -> Result<(), BackendError> {
        let destroyed = sqlx::query(
            "UPDATE object SET destroyed = ?4, modseq = ?5, json = '', day = NULL, rank = NULL
             WHERE scope = ?1 AND type = ?2 AND id = ?3 AND destroyed IS NULL",
        )
        .bind(scope)
        .bind(kind)
        .bind(id)
        .bind(self.now)
        .bind(self.modseq + 1)
        .execute(&mut *self.transaction)
        .await?;
        if destroyed.rows_affected() > 0 {
            self.modseq += 1;
        }
        entry_search::remove(self, scope, kind, id).await
    }

    /// Wakes everybody who waits, although no object has changed: who may no longer listen learns of it.
    pub fn stir(&mut self) {
        self.modseq += 1;
    }

    /// Deletes everything in a scope at once: who has any of it starts anew.
    pub async fn forget(&mut self, scope: &str) -> Result<(), BackendError> {
        self.modseq += 1;
        sqlx::query(
            "INSERT INTO compacted (scope, type, modseq)
             SELECT scope, type, ?2 FROM object WHERE scope = ?1 GROUP BY type
             ON CONFLICT (scope, type) DO UPDATE SET modseq = excluded.modseq",
        )
        .bind(scope)
        .bind(self.modseq)
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query("DELETE FROM object WHERE scope = ?1")
            .bind(scope)
            .execute(&mut *self.transaction)
            .await?;
        entry_search::forget(self, scope).await
    }

    /// Forgets objects that were destroyed before this moment (Unix seconds): who has not asked since
    /// then starts anew.
    pub async fn compact(&mut self, before: i64) -> Result<(), BackendError> {
        sqlx::query(
            "INSERT INTO compacted (scope, type, modseq)
             SELECT scope, type, max(modseq) FROM object WHERE destroyed < ?1 GROUP BY scope, type
             ON CONFLICT (scope, type) DO UPDATE SET modseq = max(modseq, excluded.modseq)",
        )
        .bind(before)
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query("DELETE FROM object WHERE destroyed < ?1")
            .bind(before)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}

/// What is left of a mailbox beside its counters; other types have none.
fn without_counters(object: &Object) -> BTreeMap<&String, &Value> {
    object.iter().filter(|(name, _)| !COUNTERS.contains(&name.as_str())).collect()
}
