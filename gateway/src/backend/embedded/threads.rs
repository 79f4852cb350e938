//! Which conversation a mail belongs to (RFC 8621 §3). A mail keeps its thread for life; a thread lives
//! as long as it has mails.

use std::collections::BTreeSet;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tornister_formats::mime::Message;
use tornister_protocol::mail::Thread;

use super::{
    change::{Change, Item},
    state::{derived_id, hex},
};
use crate::backend::{BackendError, Kind as _, Object};

/// The thread of a new mail: an older one that names one of the same Message-IDs under the same subject,
/// else a new one.
pub async fn assign(
    change: &mut Change,
    scope: &str,
    email_id: &str,
    message: &Message,
) -> Result<String, BackendError> {
    let subject = compact(base_subject(message.subject.as_deref().unwrap_or_default()));
    let names = [&message.message_id, &message.in_reply_to, &message.references];
    let names: BTreeSet<&String> = names.into_iter().flatten().flatten().collect();
    let keys: Vec<String> =
        names.into_iter().map(|name| hex(&Sha256::digest(format!("{name}\n{subject}")))).collect();
    let keys_json = serde_json::to_string(&keys)?;
    let known: Option<String> = sqlx::query_scalar(
        "SELECT min(thread_id) FROM thread_key
         WHERE scope = ?1 AND key IN (SELECT value FROM json_each(?2))",
    )
    .bind(scope)
    .bind(&keys_json)
    .fetch_one(&mut *change.transaction)
    .await?;
    let thread = known.unwrap_or_else(|| derived_id('T', &[scope, email_id]));
    sqlx::query(
        "INSERT INTO thread_key (scope, key, thread_id)
         SELECT ?1, value, ?3 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
    )
    .bind(scope)
    .bind(&keys_json)
    .bind(&thread)
    .execute(&mut *change.transaction)
    .await?;
    Ok(thread)
}

/// Writes these threads as their mails are now.
pub async fn rewrite(
    change: &mut Change,
    scope: &str,
    threads: &BTreeSet<String>,
) -> Result<(), BackendError> {
    for thread in threads {
        let emails: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM email WHERE scope = ?1 AND thread_id = ?2 ORDER BY received_at, id",
        )
        .bind(scope)
        .bind(thread)
        .fetch_all(&mut *change.transaction)
        .await?;
        if emails.is_empty() {
            change.destroy(scope, Thread::NAME, thread).await?;
            sqlx::query("DELETE FROM thread_key WHERE scope = ?1 AND thread_id = ?2")
                .bind(scope)
                .bind(thread)
                .execute(&mut *change.transaction)
                .await?;
        } else {
            let mut object = Object::new();
            object.insert("id".to_owned(), json!(thread));
            object.insert("emailIds".to_owned(), json!(emails));
            change.put(scope, Thread::NAME, thread, &Item::plain(object)).await?;
        }
    }
    Ok(())
}

/// The subject without what programs put before it: `Re:`, `AW:`, `[List]` (RFC 5256 §2.1).
pub fn base_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    loop {
        let before = rest;
        if let Some((prefix, tail)) = rest.split_once(':')
            && ["re", "fwd", "fw", "aw", "wg", "antw"].contains(&prefix.trim().to_lowercase().as_str())
        {
            rest = tail.trim_start();
        }
        if let Some(tail) = rest.strip_prefix('[')
            && let Some((_, tail)) = tail.split_once(']')
            && !tail.trim().is_empty()
        {
            rest = tail.trim_start();
        }
        if rest == before {
            return rest;
        }
    }
}

/// Spaces and case mean nothing where threads are told apart.
fn compact(subject: &str) -> String {
    subject.split_whitespace().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{base_subject, compact};

    #[test]
    fn answers_and_forwards_keep_the_subject() {
        for subject in
            ["Wandertag am  Freitag", "AW: Re: Wandertag am Freitag", "[7b] WG: Wandertag am Freitag"]
        {
            assert_eq!(compact(base_subject(subject)), "wandertagamfreitag", "{subject}");
        }
        assert_eq!(base_subject("Mathe: Arbeit"), "Mathe: Arbeit");
        assert_eq!(base_subject("[7b]"), "[7b]");
        assert_eq!(base_subject(""), "");
    }
}
