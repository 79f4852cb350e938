//! A device that fetched everything once, and catches up later.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::mails::strings;
use crate::common::Client;

/// What devices look at.
pub struct Watch {
    pub kinds: &'static [&'static str],
    /// Types and arguments of queries.
    pub queries: Vec<(&'static str, Value)>,
}

type Objects = BTreeMap<String, Value>;

/// What a device knows: per type the objects and their state, per query the ids and its state.
pub struct Device {
    objects: BTreeMap<&'static str, (String, Objects)>,
    lists: Vec<(String, Vec<String>)>,
}

impl Device {
    /// A device that has just fetched everything.
    pub async fn fresh(client: &Client, watch: &Watch) -> Self {
        let mut objects = BTreeMap::new();
        for kind in watch.kinds {
            objects.insert(*kind, get(client, kind, &Value::Null).await);
        }
        let mut lists = Vec::new();
        for (kind, query) in &watch.queries {
            let answer = client.call(&format!("{kind}/query"), query.clone()).await;
            lists.push((answer["queryState"].as_str().unwrap().to_owned(), strings(&answer["ids"])));
        }
        Self { objects, lists }
    }

    /// Brings it up to date, in pages of so many changes; then it knows what a fresh one does.
    pub async fn catches_up(
        self,
        client: &Client,
        watch: &Watch,
        page: u64,
        now: &Self,
    ) -> Result<(), TestCaseError> {
        for (kind, known) in self.objects {
            let (state, objects) = catch_up(client, kind, known, page).await?;
            prop_assert_eq!(&objects, &now.objects[kind].1, "{}", kind);
            prop_assert_eq!(&state, &now.objects[kind].0, "{}", kind);
        }
        for ((query, known), now) in watch.queries.iter().zip(self.lists).zip(&now.lists) {
            let (state, ids) = follow(client, query, known).await?;
            prop_assert_eq!(&ids, &now.1, "{:?}", query);
            prop_assert_eq!(&state, &now.0, "{:?}", query);
        }
        Ok(())
    }
}

/// State and objects by id.
async fn get(client: &Client, kind: &str, ids: &Value) -> (String, Objects) {
    let mut arguments = json!({ "ids": ids });
    if kind == "Email" {
        arguments["properties"] =
            json!(["blobId", "threadId", "mailboxIds", "keywords", "subject", "receivedAt"]);
    }
    let answer = client.call(&format!("{kind}/get"), arguments).await;
    assert_eq!(answer["notFound"], json!([]), "{kind}");
    let list = answer["list"].as_array().unwrap().iter();
    let objects = list.map(|object| (object["id"].as_str().unwrap().to_owned(), object.clone())).collect();
    (answer["state"].as_str().unwrap().to_owned(), objects)
}

/// Brings one type up to date, page by page.
async fn catch_up(
    client: &Client,
    kind: &'static str,
    (mut state, mut objects): (String, Objects),
    page: u64,
) -> Result<(String, Objects), TestCaseError> {
    loop {
        let arguments = json!({ "sinceState": state, "maxChanges": page });
        let changes = client.call(&format!("{kind}/changes"), arguments).await;
        let [created, updated, destroyed] =
            ["created", "updated", "destroyed"].map(|list| strings(&changes[list]));
        let count = created.len() + updated.len() + destroyed.len();
        prop_assert!(count as u64 <= page, "{} of {}", count, page);
        for id in &created {
            prop_assert!(!objects.contains_key(id), "{} {} was known", kind, id);
        }
        // Of what came and went between two pages, the later page may say that it is gone: RFC 8620 §5.2
        // only advises against it.
        for id in &updated {
            prop_assert!(objects.contains_key(id), "{} {} was not known", kind, id);
        }
        objects.retain(|id, _| !destroyed.contains(id));
        let ids: Vec<&String> = created.iter().chain(&updated).collect();
        // An object that a later page destroys is gone already.
        let answer = client.call(&format!("{kind}/get"), json!({ "ids": ids })).await;
        let gone = strings(&answer["notFound"]);
        for id in ids {
            if gone.contains(id) {
                objects.insert(id.clone(), Value::Null);
            } else {
                objects.extend(get(client, kind, &json!([id])).await.1);
            }
        }
        changes["newState"].as_str().unwrap().clone_into(&mut state);
        if changes["hasMoreChanges"] == false {
            return Ok((state, objects));
        }
    }
}

/// Brings a query's result up to date, as RFC 8620 §5.6 says how.
async fn follow(
    client: &Client,
    (kind, query): &(&str, Value),
    (state, mut ids): (String, Vec<String>),
) -> Result<(String, Vec<String>), TestCaseError> {
    let mut arguments = query.clone();
    arguments["sinceQueryState"] = json!(state);
    let answer = client.call(&format!("{kind}/queryChanges"), arguments).await;
    let removed = strings(&answer["removed"]);
    ids.retain(|id| !removed.contains(id));
    for added in answer["added"].as_array().unwrap() {
        let index = usize::try_from(added["index"].as_u64().unwrap()).unwrap();
        prop_assert!(index <= ids.len(), "{} of {}", index, ids.len());
        ids.insert(index, added["id"].as_str().unwrap().to_owned());
    }
    Ok((answer["newQueryState"].as_str().unwrap().to_owned(), ids))
}
