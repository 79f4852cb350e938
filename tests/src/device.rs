//! What lies in the app's database, as anybody sees it without the key: ids, and the keys by which lists
//! find them. From these follow the folders of a mail, whether it is unread, and whether homework is done.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{browser::Browser, client::Client};

/// Rows of `records`, without what is sealed in them, and the number of rows in `outbox`; null where there is
/// no database.
const LOOK: &str = "
    const found = (await indexedDB.databases()).find(({ name }) => name.startsWith('tornister.'));
    if (!found) return null;
    const asked = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await asked(indexedDB.open(found.name));
    try {
        const transaction = database.transaction(['records', 'outbox']);
        const rows = asked(transaction.objectStore('records').getAll());
        const waiting = asked(transaction.objectStore('outbox').count());
        return { rows: (await rows).map(({ k, l }) => [k, l]), waiting: await waiting };
    } finally {
        database.close();
    }";

/// Types whose ids are compared.
const TYPES: [&str; 7] = ["Mailbox", "Email", "Calendar", "CalendarEvent", "Task", "Lesson", "DayNote"];

/// A school as it can be compared: for each `TYPE/ID` the words that tell its state.
pub type Sight = BTreeMap<String, BTreeSet<String>>;

/// What a phone holds.
#[derive(Debug)]
pub struct Device {
    /// The school on it.
    pub school: Sight,
    /// Kinds of record, and how many there are of each.
    pub kinds: BTreeMap<String, usize>,
    /// Changes that wait.
    pub waiting: u64,
}

/// Looks into the database of the page's origin; `None` where there is none.
pub async fn look(browser: &Browser) -> Result<Option<Device>> {
    let found = browser.run(LOOK, vec![]).await?;
    if found.is_null() {
        return Ok(None);
    }
    let (mut school, mut kinds) = (Sight::new(), BTreeMap::new());
    for row in found["rows"].as_array().context("no rows")? {
        let key = row[0].as_str().context("no key")?;
        let kind = key.split('/').next().unwrap_or_default();
        *kinds.entry(kind.to_owned()).or_default() += 1;
        if !TYPES.contains(&kind) {
            continue;
        }
        let lists = row[1].as_array().into_iter().flatten().filter_map(Value::as_str);
        let words = lists.filter_map(|list| match list.split('/').collect::<Vec<_>>()[..] {
            [_, "folder", mailbox, ..] => Some(format!("in {mailbox}")),
            [_, "unread", ..] => Some("unread".to_owned()),
            [_, "done", ..] => Some("done".to_owned()),
            _ => None,
        });
        school.insert(key.to_owned(), words.collect());
    }
    Ok(Some(Device { school, kinds, waiting: found["waiting"].as_u64().context("no outbox")? }))
}

/// The same of what the server holds.
pub async fn on_the_server(client: &Client) -> Result<Sight> {
    let mut school = Sight::new();
    for kind in TYPES {
        let objects = if matches!(kind, "Mailbox" | "Calendar" | "DayNote") {
            client.get(kind, json!({ "ids": null })).await?
        } else {
            client.query(kind, json!(null)).await?
        };
        for object in objects {
            let mut words = BTreeSet::new();
            let set = |name: &str, word: &str| object[name].get(word) == Some(&json!(true));
            if kind == "Email" {
                let mailboxes = object["mailboxIds"].as_object().context("no mailboxes")?;
                words.extend(mailboxes.keys().map(|id| format!("in {id}")));
                if !set("keywords", "$seen") && !set("keywords", "$draft") {
                    words.insert("unread".to_owned());
                }
            }
            if matches!(object["progress"].as_str(), Some("completed" | "failed" | "cancelled")) {
                words.insert("done".to_owned());
            }
            school.insert(format!("{kind}/{}", object["id"].as_str().context("no id")?), words);
        }
    }
    Ok(school)
}

/// What differs, for people; `None` where nothing does.
#[must_use]
pub fn difference(device: &Sight, server: &Sight) -> Option<String> {
    let keys: BTreeSet<_> = device.keys().chain(server.keys()).collect();
    let differing: Vec<String> = keys
        .into_iter()
        .filter(|key| device.get(*key) != server.get(*key))
        .map(|key| format!("{key}: on the device {:?}, on the server {:?}", device.get(key), server.get(key)))
        .collect();
    let first: Vec<String> = differing.iter().take(5).cloned().collect();
    (!differing.is_empty()).then(|| format!("{} differ, such as {}", differing.len(), first.join("; ")))
}
