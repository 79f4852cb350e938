//! Writing versioned objects: one transaction, one number for each change, none for what stays the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite, Transaction, query_builder::Separated};

use super::{counters::COUNTERS, entry_search, personal::is_personal, word_index};
use crate::{
    backend::{BackendError, Object},
    database::{Database, news::Concerned},
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

/// An object that differs from what is there.
struct Row<'i> {
    id: &'i str,
    item: &'i Item,
    old: Option<Object>,
    json: String,
    modseq: i64,
    /// The number of its making; 0 for what lies over another object, whose making that is not.
    created: i64,
    /// The last change beyond a mailbox's counters; 0 where this is none.
    settled: i64,
}

/// Rows in one statement, at most. The index of words sorts and writes what it has gathered whenever a statement of
/// several rows begins: the fewer they are, the less it has to merge.
const ROWS_AT_ONCE: usize = 512;

/// A write transaction. Nothing is visible to others before [`Change::commit`].
pub struct Change {
    /// For tables besides `object`.
    pub transaction: Transaction<'static, Sqlite>,
    /// Unix seconds.
    pub now: i64,
    database: Database,
    before: i64,
    modseq: i64,
    concerned: Concerned,
}

impl Change {
    /// Waits for the right to write. `now` in Unix seconds.
    pub async fn begin(database: &Database, now: i64) -> Result<Self, BackendError> {
        let mut transaction = database.write().await?;
        let modseq = sqlx::query_scalar("SELECT modseq FROM counter").fetch_one(&mut *transaction).await?;
        let concerned = Concerned::Scopes(BTreeSet::new());
        Ok(Self { transaction, now, database: database.clone(), before: modseq, modseq, concerned })
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
        // Where no object has changed, there is nothing to tell; what others changed is told by looking around.
        if changed > 0 {
            self.database.announce(self.before, self.modseq, self.concerned);
        }
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
        let old = self.read_json(scope, kind, id).await?.map(|json| (id.to_owned(), json));
        Ok(self.write(scope, kind, [(id, item)].into_iter(), &old.into_iter().collect()).await? > 0)
    }

    /// Stores many objects.
    pub async fn put_many(
        &mut self,
        scope: &str,
        kind: &str,
        items: &[(&str, Item)],
    ) -> Result<(), BackendError> {
        let ids: Vec<&str> = items.iter().map(|(id, _)| *id).collect();
        let old: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, json FROM object WHERE scope = ?1 AND type = ?2 AND destroyed IS NULL
                 AND id IN (SELECT value FROM json_each(?3))",
        )
        .bind(scope)
        .bind(kind)
        .bind(serde_json::to_string(&ids)?)
        .fetch_all(&mut *self.transaction)
        .await?;
        let items = items.iter().map(|(id, item)| (*id, item));
        self.write(scope, kind, items, &old.into_iter().collect()).await?;
        Ok(())
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
        let kept = items.iter().filter(|(id, _)| !edited.contains(*id));
        self.write(scope, kind, kept.map(|(id, item)| (id.as_str(), item)), &old).await?;
        let mut gone: Vec<&String> =
            old.keys().filter(|id| !items.contains_key(*id) && !edited.contains(*id)).collect();
        gone.sort();
        for id in gone {
            self.destroy(scope, kind, id).await?;
        }
        Ok(())
    }

    /// Writes those of these that differ from what is there; answers how many do.
    async fn write<'i>(
        &mut self,
        scope: &str,
        kind: &str,
        items: impl Iterator<Item = (&'i str, &'i Item)>,
        old: &HashMap<String, String>,
    ) -> Result<usize, BackendError> {
        let mut rows = Vec::new();
        for (id, item) in items {
            // Compared as objects: the order of their properties means nothing.
            let old = old.get(id).map(|json| serde_json::from_str::<Object>(json)).transpose()?;
            if old.as_ref() == Some(&item.object) {
                continue;
            }
            let json = serde_json::to_string(&item.object)?;
            self.modseq += 1;
            let only_counted =
                old.as_ref().is_some_and(|old| without_counters(old) == without_counters(&item.object));
            let settled = if only_counted { 0 } else { self.modseq };
            let created = if is_personal(&item.object) { 0 } else { self.modseq };
            rows.push(Row { id, item, old, json, modseq: self.modseq, created, settled });
        }
        let insert = "INSERT INTO object (scope, type, id, created, modseq, settled, json, day, rank) ";
        // An id that comes back after its destruction is a new object to everybody.
        let replace = " ON CONFLICT (scope, type, id) DO UPDATE SET
                 created = iif(destroyed IS NULL, created, excluded.created), modseq = excluded.modseq,
                 settled = max(settled, excluded.settled),
                 destroyed = NULL, json = excluded.json, day = excluded.day, rank = excluded.rank";
        self.insert_all(insert, replace, &rows, |columns, row| {
            let (day, rank) = row.item.day.as_ref().map(|(day, rank)| (day.as_str(), *rank)).unzip();
            columns.push_bind(scope).push_bind(kind).push_bind(row.id).push_bind(row.created);
            columns.push_bind(row.modseq).push_bind(row.settled).push_bind(row.json.as_str());
            columns.push_bind(day).push_bind(rank);
        })
        .await?;
        for row in &rows {
            entry_search::note(self, scope, kind, row.old.as_ref(), (row.id, &row.item.object)).await?;
        }
        if !rows.is_empty() {
            self.concern(scope);
        }
        Ok(rows.len())
    }

    /// Inserts many rows by few statements. `insert` ends before its values, `conflict` follows them.
    pub async fn insert_all<R>(
        &mut self,
        insert: &str,
        conflict: &str,
        rows: &[R],
        mut bind: impl FnMut(&mut Separated<'_, Sqlite, &'static str>, &R),
    ) -> Result<(), BackendError> {
        let mut rest = rows;
        while !rest.is_empty() {
            // Powers of two: few different statements, so that each is compiled once.
            let (now, later) = rest.split_at(ROWS_AT_ONCE.min(1 << rest.len().ilog2()));
            let mut statement = QueryBuilder::new(insert);
            statement.push_values(now, |mut columns, row| bind(&mut columns, row)).push(conflict);
            statement.build().execute(&mut *self.transaction).await?;
            rest = later;
        }
        Ok(())
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
            self.concern(scope);
        }
        entry_search::remove(self, scope, kind, id).await
    }

    /// Wakes everybody who waits, although no object has changed: who may no longer listen learns of it.
    pub fn stir(&mut self) {
        self.modseq += 1;
        self.concerned = Concerned::Everybody;
    }

    fn concern(&mut self, scope: &str) {
        if let Concerned::Scopes(scopes) = &mut self.concerned
            && !scopes.contains(scope)
        {
            scopes.insert(scope.to_owned());
        }
    }

    /// Deletes everything in a scope at once: who has any of it starts anew.
    pub async fn forget(&mut self, scope: &str) -> Result<(), BackendError> {
        self.modseq += 1;
        self.concern(scope);
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
        word_index::forget(self, scope).await
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
