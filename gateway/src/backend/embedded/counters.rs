//! The counters of mailboxes (RFC 8621 §2), exact after every change of a mail.

use std::collections::BTreeSet;

use serde_json::json;
use tornister_protocol::mail::{Mailbox, role};

use super::change::{Change, Item};
use crate::backend::{BackendError, Kind as _};

/// The properties that only counting changes.
pub const COUNTERS: [&str; 4] = ["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"];

/// Counts anew in all mailboxes that these threads or lists touch; a mailbox whose counts stay the same
/// does not change.
pub async fn recount(
    change: &mut Change,
    scope: &str,
    mailboxes: &BTreeSet<String>,
) -> Result<(), BackendError> {
    let trash: Option<String> = sqlx::query_scalar(
        "SELECT id FROM object WHERE scope = ?1 AND type = ?2 AND destroyed IS NULL
         AND json ->> 'role' = ?3",
    )
    .bind(scope)
    .bind(Mailbox::NAME)
    .bind(role::TRASH)
    .fetch_optional(&mut *change.transaction)
    .await?;
    for id in mailboxes {
        let Some(mut object) = change.read(scope, Mailbox::NAME, id).await? else { continue };
        let (total, unread, threads): (i64, i64, i64) = sqlx::query_as(
            "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
                        SELECT 1 FROM email_keyword k WHERE k.scope = m.scope AND k.email_id = m.email_id
                        AND k.keyword IN ('$seen', '$draft'))),
                    count(DISTINCT e.thread_id)
             FROM email_mailbox m JOIN email e ON e.scope = m.scope AND e.id = m.email_id
             WHERE m.scope = ?1 AND m.mailbox_id = ?2",
        )
        .bind(scope)
        .bind(id)
        .fetch_one(&mut *change.transaction)
        .await?;
        // An unread mail counts wherever its thread is; but what is only in the trash counts in the
        // trash alone, and there nothing else counts.
        let unread_threads: i64 = sqlx::query_scalar(
            "SELECT count(DISTINCT e.thread_id)
             FROM email_mailbox m JOIN email e ON e.scope = m.scope AND e.id = m.email_id
             WHERE m.scope = ?1 AND m.mailbox_id = ?2 AND EXISTS (
                 SELECT 1 FROM email u WHERE u.scope = e.scope AND u.thread_id = e.thread_id
                 AND NOT EXISTS (SELECT 1 FROM email_keyword k WHERE k.scope = u.scope
                     AND k.email_id = u.id AND k.keyword IN ('$seen', '$draft'))
                 AND EXISTS (SELECT 1 FROM email_mailbox um WHERE um.scope = u.scope
                     AND um.email_id = u.id
                     AND ((?2 IS ?3 AND um.mailbox_id = ?3)
                       OR (?2 IS NOT ?3 AND um.mailbox_id IS NOT ?3))))",
        )
        .bind(scope)
        .bind(id)
        .bind(trash.as_deref())
        .fetch_one(&mut *change.transaction)
        .await?;
        for (name, count) in COUNTERS.into_iter().zip([total, unread, threads, unread_threads]) {
            object.insert(name.to_owned(), json!(count));
        }
        change.put(scope, Mailbox::NAME, id, &Item::plain(object)).await?;
    }
    Ok(())
}

/// The mailboxes in which any mail of these threads is.
pub async fn mailboxes_of_threads(
    change: &mut Change,
    scope: &str,
    threads: &BTreeSet<String>,
) -> Result<BTreeSet<String>, BackendError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT m.mailbox_id
         FROM email e JOIN email_mailbox m ON m.scope = e.scope AND m.email_id = e.id
         WHERE e.scope = ?1 AND e.thread_id IN (SELECT value FROM json_each(?2))",
    )
    .bind(scope)
    .bind(serde_json::to_string(threads)?)
    .fetch_all(&mut *change.transaction)
    .await?;
    Ok(ids.into_iter().collect())
}
