//! Which uids are taken: entries share one only as single occurrences of one series, each with a
//! `recurrenceId` of its own (draft-ietf-jmap-calendars §1.4.1).

use std::collections::BTreeMap;

use crate::backend::{BackendError, Object, embedded::change::Change, select::text};

/// By uid: the `recurrenceId`, empty where there is none, and the id of each entry.
pub struct Uids(BTreeMap<String, Vec<(String, String)>>);

impl Uids {
    /// Those of the living entries of a type, and how many entries there are.
    pub async fn read(change: &mut Change, scope: &str, kind: &str) -> Result<(Self, usize), BackendError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT coalesce(json ->> '$.uid', ''), coalesce(json ->> '$.recurrenceId', ''), id FROM object
             WHERE scope = ?1 AND type = ?2 AND destroyed IS NULL",
        )
        .bind(scope)
        .bind(kind)
        .fetch_all(&mut *change.transaction)
        .await?;
        let count = rows.len();
        let mut uids = BTreeMap::<_, Vec<_>>::new();
        for (uid, recurrence_id, id) in rows {
            uids.entry(uid).or_default().push((recurrence_id, id));
        }
        Ok((Self(uids), count))
    }

    /// The id of another entry beside which this one cannot be.
    pub fn rival(&self, id: &str, entry: &Object) -> Option<&str> {
        let own = text(entry, "recurrenceId");
        let mut others = self.0.get(text(entry, "uid"))?.iter().filter(|(_, other)| other != id);
        let rival = others
            .find(|(recurrence_id, _)| own.is_empty() || recurrence_id.is_empty() || recurrence_id == own);
        rival.map(|(_, other)| other.as_str())
    }

    /// Notes what an entry has now.
    pub fn put(&mut self, id: &str, entry: &Object) {
        self.remove(id, entry);
        let taken = (text(entry, "recurrenceId").to_owned(), id.to_owned());
        self.0.entry(text(entry, "uid").to_owned()).or_default().push(taken);
    }

    /// Forgets an entry.
    pub fn remove(&mut self, id: &str, entry: &Object) {
        if let Some(taken) = self.0.get_mut(text(entry, "uid")) {
            taken.retain(|(_, other)| other != id);
        }
    }
}
