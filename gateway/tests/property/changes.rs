//! From any old state, `/changes` and `/get` lead to what a fresh `/get` answers; likewise
//! `/queryChanges` to a fresh `/query`.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use super::plan::{Account, check, step, strings};

const KINDS: [&str; 3] = ["Email", "Mailbox", "Thread"];

/// Queries whose results change with mailboxes, keywords and new mail.
fn queries(account: &Account) -> [Value; 3] {
    let newest = json!([{ "property": "receivedAt", "isAscending": false }]);
    [
        json!({ "filter": { "inMailbox": account.mailboxes[0] }, "sort": newest }),
        json!({ "filter": { "hasKeyword": "$seen" }, "sort": [{ "property": "subject" }] }),
        json!({ "filter": null, "sort": [{ "property": "hasKeyword", "keyword": "$flagged" }] }),
    ]
}

/// What a device knows: per type the objects and their state, per query the ids and its state.
struct Device {
    objects: BTreeMap<&'static str, (String, BTreeMap<String, Value>)>,
    lists: Vec<(String, Vec<String>)>,
}

async fn fresh(account: &Account) -> Device {
    let mut objects = BTreeMap::new();
    for kind in KINDS {
        let answer = get(account, kind, &Value::Null).await;
        objects.insert(kind, (answer.0, answer.1));
    }
    let mut lists = Vec::new();
    for query in queries(account) {
        let answer = account.client.call("Email/query", query).await;
        lists.push((answer["queryState"].as_str().unwrap().to_owned(), strings(&answer["ids"])));
    }
    Device { objects, lists }
}

/// State and objects by id.
async fn get(account: &Account, kind: &str, ids: &Value) -> (String, BTreeMap<String, Value>) {
    let mut arguments = json!({ "ids": ids });
    if kind == "Email" {
        arguments["properties"] =
            json!(["blobId", "threadId", "mailboxIds", "keywords", "subject", "receivedAt"]);
    }
    let answer = account.client.call(&format!("{kind}/get"), arguments).await;
    assert_eq!(answer["notFound"], json!([]), "{kind}");
    let list = answer["list"].as_array().unwrap().iter();
    let objects = list.map(|object| (object["id"].as_str().unwrap().to_owned(), object.clone())).collect();
    (answer["state"].as_str().unwrap().to_owned(), objects)
}

/// Brings one type up to date, page by page.
async fn catch_up(
    account: &Account,
    kind: &'static str,
    (mut state, mut objects): (String, BTreeMap<String, Value>),
    page: u64,
) -> Result<(String, BTreeMap<String, Value>), TestCaseError> {
    loop {
        let arguments = json!({ "sinceState": state, "maxChanges": page });
        let changes = account.client.call(&format!("{kind}/changes"), arguments).await;
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
        let wanted = json!({ "ids": ids });
        let answer = account.client.call(&format!("{kind}/get"), wanted).await;
        let gone = strings(&answer["notFound"]);
        for id in ids {
            if gone.contains(id) {
                objects.insert(id.clone(), Value::Null);
            } else {
                objects.extend(get(account, kind, &json!([id])).await.1);
            }
        }
        changes["newState"].as_str().unwrap().clone_into(&mut state);
        if changes["hasMoreChanges"] == false {
            return Ok((state, objects));
        }
    }
}

#[test]
fn changes_from_any_old_state_lead_to_what_is_there() {
    check(40, (vec(step(), 1..24), 1..6_u64), &async |account: &Account, (plan, page)| {
        let mut devices = vec![fresh(account).await];
        for step in &plan {
            account.perform(step).await;
            if matches!(step, super::plan::Step::Note) {
                devices.push(fresh(account).await);
            }
        }
        let now = fresh(account).await;
        for device in devices {
            for (kind, known) in device.objects {
                let (state, objects) = catch_up(account, kind, known, page).await?;
                prop_assert_eq!(&objects, &now.objects[kind].1, "{}", kind);
                prop_assert_eq!(&state, &now.objects[kind].0, "{}", kind);
            }
            for (number, (state, ids)) in device.lists.into_iter().enumerate() {
                let (state, ids) = follow(account, number, state, ids).await?;
                prop_assert_eq!(&ids, &now.lists[number].1, "query {}", number);
                prop_assert_eq!(&state, &now.lists[number].0, "query {}", number);
            }
        }
        Ok(())
    });
}

/// Brings a query's result up to date, as RFC 8620 §5.6 says how.
async fn follow(
    account: &Account,
    number: usize,
    state: String,
    mut ids: Vec<String>,
) -> Result<(String, Vec<String>), TestCaseError> {
    let mut arguments = queries(account)[number].clone();
    arguments["sinceQueryState"] = json!(state);
    let answer = account.client.call("Email/queryChanges", arguments).await;
    let removed = strings(&answer["removed"]);
    ids.retain(|id| !removed.contains(id));
    for added in answer["added"].as_array().unwrap() {
        let index = usize::try_from(added["index"].as_u64().unwrap()).unwrap();
        prop_assert!(index <= ids.len(), "{} of {}", index, ids.len());
        ids.insert(index, added["id"].as_str().unwrap().to_owned());
    }
    Ok((answer["newQueryState"].as_str().unwrap().to_owned(), ids))
}
