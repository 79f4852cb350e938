//! Which conversation a mail belongs to (RFC 8621 §3). A mail keeps its thread for life; a thread lives
//! as long as it has mails.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use tornister_formats::mime::Message;
use tornister_protocol::mail::Thread;

use super::{
    change::{Change, Item},
    state::hex,
};
use crate::{
    backend::{BackendError, Kind as _, Object},
    digest::sha256,
};

/// By what a mail finds its thread: each Message-ID that it names, under its subject.
#[must_use]
pub fn keys(message: &Message) -> Vec<String> {
    let subject = compact(base_subject(message.subject.as_deref().unwrap_or_default()));
    let names = [&message.message_id, &message.in_reply_to, &message.references];
    let names: BTreeSet<&String> = names.into_iter().flatten().flatten().collect();
    names.into_iter().map(|name| hex(&sha256(format!("{name}\n{subject}")))).collect()
}

/// The threads of new mails, one after the other: an older one that has one of the keys, else a new one.
pub async fn assign(
    change: &mut Change,
    scope: &str,
    mails: &[(&str, &[String])],
) -> Result<Vec<String>, BackendError> {
    let keys: BTreeSet<&String> = mails.iter().flat_map(|(_, keys)| *keys).collect();
    let known: Vec<(String, String)> = sqlx::query_as(
        "SELECT key, thread_id FROM thread_key
         WHERE scope = ?1 AND key IN (SELECT value FROM json_each(?2))",
    )
    .bind(scope)
    .bind(serde_json::to_string(&keys)?)
    .fetch_all(&mut *change.transaction)
    .await?;
    let mut by_key: HashMap<String, String> = known.into_iter().collect();
    let (mut threads, mut new) = (Vec::new(), Vec::new());
    for (email_id, keys) in mails {
        let thread = keys.iter().filter_map(|key| by_key.get(key)).min().cloned();
        // Named after its first mail: threads of imported mails stand in the order of time, too.
        let thread = thread.unwrap_or_else(|| email_id.replacen('E', "T", 1));
        for key in keys.iter().filter(|key| !by_key.contains_key(*key)).collect::<Vec<_>>() {
            by_key.insert(key.clone(), thread.clone());
            new.push((key, thread.clone()));
        }
        threads.push(thread);
    }
    let insert = "INSERT INTO thread_key (scope, key, thread_id) ";
    change
        .insert_all(insert, "", &new, |row, (key, thread)| {
            row.push_bind(scope).push_bind(key.as_str()).push_bind(thread.as_str());
        })
        .await?;
    Ok(threads)
}

/// Writes these threads as their mails are now.
pub async fn rewrite(
    change: &mut Change,
    scope: &str,
    threads: &BTreeSet<String>,
) -> Result<(), BackendError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT thread_id, id FROM email
         WHERE scope = ?1 AND thread_id IN (SELECT value FROM json_each(?2)) ORDER BY received_at, id",
    )
    .bind(scope)
    .bind(serde_json::to_string(threads)?)
    .fetch_all(&mut *change.transaction)
    .await?;
    let mut emails: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (thread, id) in &rows {
        emails.entry(thread).or_default().push(id);
    }
    let object = |thread: &str, emails: &[&str]| -> Object {
        [("id".to_owned(), json!(thread)), ("emailIds".to_owned(), json!(emails))].into_iter().collect()
    };
    let items: Vec<(&str, Item)> =
        emails.iter().map(|(thread, emails)| (*thread, Item::plain(object(thread, emails)))).collect();
    change.put_many(scope, Thread::NAME, &items).await?;
    for thread in threads.iter().filter(|thread| !emails.contains_key(thread.as_str())) {
        change.destroy(scope, Thread::NAME, thread).await?;
        sqlx::query("DELETE FROM thread_key WHERE scope = ?1 AND thread_id = ?2")
            .bind(scope)
            .bind(thread)
            .execute(&mut *change.transaction)
            .await?;
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
