//! The counters of mailboxes (RFC 8621 §2), exact after every change of a mail.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tornister_protocol::mail::{Mailbox, role};

use super::change::{Change, Item};
use crate::backend::{BackendError, Kind as _};

/// The properties that only counting changes.
pub const COUNTERS: [&str; 4] = ["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"];

/// What mails add to the counters of each mailbox that they are in, in the order of [`COUNTERS`].
pub type Shares = BTreeMap<String, [i64; COUNTERS.len()]>;

/// A CROSS JOIN keeps its order: by itself SQLite begins with all mails that the person has.
///
/// An unread mail counts wherever its thread is; but what is only in the trash counts in the trash alone, and
/// there nothing else counts.
const SHARES: &str = "WITH trash(id) AS (SELECT (SELECT id FROM object
     WHERE scope = ?1 AND type = ?3 AND destroyed IS NULL AND json ->> 'role' = ?4))
 SELECT m.mailbox_id, count(*),
        count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM email_keyword k
            WHERE k.scope = m.scope AND k.email_id = m.email_id AND k.keyword IN ('$seen', '$draft'))),
        count(DISTINCT e.thread_id),
        count(DISTINCT e.thread_id) FILTER (WHERE EXISTS (
            SELECT 1 FROM email u WHERE u.scope = e.scope AND u.thread_id = e.thread_id
            AND NOT EXISTS (SELECT 1 FROM email_keyword k WHERE k.scope = u.scope
                AND k.email_id = u.id AND k.keyword IN ('$seen', '$draft'))
            AND EXISTS (SELECT 1 FROM email_mailbox um WHERE um.scope = u.scope
                AND um.email_id = u.id
                AND (um.mailbox_id IS trash.id) = (m.mailbox_id IS trash.id))))
 FROM trash CROSS JOIN json_each(?2) t
      CROSS JOIN email e ON e.scope = ?1 AND e.thread_id = t.value
      CROSS JOIN email_mailbox m ON m.scope = e.scope AND m.email_id = e.id
 GROUP BY m.mailbox_id";

/// What the mails of these threads add. A thread's share depends on its own mails alone, so a change is counted
/// by the threads that it touches, however full the mailboxes are.
pub async fn shares(
    change: &mut Change,
    scope: &str,
    threads: &BTreeSet<&str>,
) -> Result<Shares, BackendError> {
    let rows: Vec<(String, i64, i64, i64, i64)> = sqlx::query_as(SHARES)
        .bind(scope)
        .bind(serde_json::to_string(threads)?)
        .bind(Mailbox::NAME)
        .bind(role::TRASH)
        .fetch_all(&mut *change.transaction)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, total, unread, threads, open)| (id, [total, unread, threads, open]))
        .collect())
}

/// Adds what is there now and takes away what was before; a mailbox whose counts stay the same does not change.
pub async fn settle(
    change: &mut Change,
    scope: &str,
    before: &Shares,
    after: &Shares,
) -> Result<(), BackendError> {
    let mailboxes: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for id in mailboxes.into_iter().filter(|id| before.get(*id) != after.get(*id)) {
        let Some(mut object) = change.read(scope, Mailbox::NAME, id).await? else { continue };
        for (at, name) in COUNTERS.into_iter().enumerate() {
            let share = |shares: &Shares| shares.get(id).map_or(0, |counts| counts[at]);
            let count = object.get(name).and_then(Value::as_i64).unwrap_or_default();
            object.insert(name.to_owned(), json!(count + share(after) - share(before)));
        }
        change.put(scope, Mailbox::NAME, id, &Item::plain(object)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;

    #[tokio::test]
    async fn a_change_is_counted_by_its_threads_and_not_by_all_mails() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("school.db")).await.unwrap();
        let mut moment = database.read().await.unwrap();
        let plan = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {SHARES}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(plan)
            .bind("user")
            .bind("[]")
            .bind("")
            .bind("")
            .fetch_all(&mut *moment)
            .await
            .unwrap();
        let place = |what: &str| steps.iter().position(|(.., step)| step.contains(what)).expect(what);
        let of_mails = place("SEARCH e USING COVERING INDEX email_by_thread");
        assert!(place("SCAN t VIRTUAL TABLE") < of_mails && of_mails < place("SEARCH m USING"), "{steps:?}");
    }
}
