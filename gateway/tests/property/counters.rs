//! A mailbox's counters are those that somebody would count who looks at every mail (RFC 8621 §2).

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use super::{
    check::check,
    mails::{Account, step},
};

const COUNTERS: [&str; 4] = ["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"];

async fn list(account: &Account, kind: &str) -> Vec<Value> {
    let properties =
        if kind == "Email" { json!(["threadId", "mailboxIds", "keywords"]) } else { Value::Null };
    let wanted = json!({ "ids": null, "properties": properties });
    let answer = account.client.call(&format!("{kind}/get"), wanted).await;
    answer["list"].as_array().unwrap().clone()
}

/// The counters of a mailbox, in their order.
fn counted(mailbox: &str, trash: &str, mails: &[Value]) -> [usize; 4] {
    let is_in = |mail: &Value, mailbox: &str| mail["mailboxIds"][mailbox] == true;
    let is_unread = |mail: &Value| mail["keywords"]["$seen"] != true && mail["keywords"]["$draft"] != true;
    let counts_here = |mail: &Value| {
        let mut others = mail["mailboxIds"].as_object().unwrap().keys().filter(|id| *id != trash);
        if mailbox == trash { is_in(mail, trash) } else { others.next().is_some() }
    };
    let inside: Vec<&Value> = mails.iter().filter(|mail| is_in(mail, mailbox)).collect();
    let threads: BTreeSet<&str> = inside.iter().filter_map(|mail| mail["threadId"].as_str()).collect();
    let unread_threads = threads.iter().filter(|thread| {
        mails.iter().any(|mail| mail["threadId"] == **thread && is_unread(mail) && counts_here(mail))
    });
    let unread = inside.iter().filter(|mail| is_unread(mail)).count();
    [inside.len(), unread, threads.len(), unread_threads.count()]
}

#[test]
fn counters_are_what_a_look_at_every_mail_counts() {
    check(40, vec((step(), 0..4_usize), 1..24), &async |account: &Account, plan| {
        let mailboxes = list(account, "Mailbox").await;
        let trash = mailboxes.iter().find(|mailbox| mailbox["role"] == "trash").unwrap();
        let trash = trash["id"].as_str().unwrap();
        for (step, thrown) in &plan {
            account.perform(step).await;
            let ids = account.ids().await;
            // Now and then something goes into the trash, or stays where it is, too.
            let places: &[&str] = match thrown {
                0 => &[trash],
                1 => &[trash, &account.mailboxes[0]],
                _ => continue,
            };
            if let Some(id) = ids.get(ids.len() / 2) {
                let places: BTreeMap<&&str, bool> = places.iter().map(|place| (place, true)).collect();
                let update = json!({ "update": { id: { "mailboxIds": places } } });
                let answer = account.client.call("Email/set", update).await;
                prop_assert!(answer["notUpdated"].is_null(), "{}", answer);
            }
        }
        let mails = list(account, "Email").await;
        for mailbox in list(account, "Mailbox").await {
            let id = mailbox["id"].as_str().unwrap();
            let told = COUNTERS.map(|name| mailbox[name].as_u64().unwrap());
            let counted = counted(id, trash, &mails).map(|count| count as u64);
            prop_assert_eq!(told, counted, "{}", mailbox["name"]);
        }
        Ok(())
    });
}
