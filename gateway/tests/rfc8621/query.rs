//! §4.4: Email/query, every filter and sort.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

/// Subjects, in the order of the answer.
async fn subjects(lena: &Client, arguments: Value) -> Vec<String> {
    let ids = lena.call("Email/query", arguments).await["ids"].clone();
    let found =
        lena.call("Email/get", json!({ "ids": ids, "properties": ["subject"] })).await["list"].clone();
    let list = found.as_array().unwrap();
    let subject = |id: &Value| list.iter().find(|mail| mail["id"] == *id).unwrap()["subject"].clone();
    ids.as_array().unwrap().iter().map(|id| subject(id).as_str().unwrap().to_owned()).collect()
}

async fn filtered(lena: &Client, filter: Value) -> Vec<String> {
    let mut found = subjects(lena, json!({ "filter": filter })).await;
    found.sort();
    found
}

/// Three mails in a mailbox of their own; answers its id.
async fn three(world: &World, lena: &Client) -> String {
    for (number, from, to, subject, rest) in [
        (1, "Zara Ölmez <zara@b.example>", "a@b.example", "Re: Beta", "Die Straße in Größe L. Xylophon"),
        (2, "amy@b.example", "\"Bo\" <z@b.example>", "Alpha", "<b>kein</b> HTML, gelbe Wand"),
        (3, "Mike <mike@b.example>", "m@b.example", "Gamma", &"lang ".repeat(400)),
    ] {
        let mail = format!(
            "From: {from}\nTo: {to}\nCc: cc{number}@c.example\nBcc: geheim{number}@d.example\nSubject: {subject}\n\
             Date: Mon, 1{number} Aug 2026 08:00:00 +0200\nReceived: from a; Mon, 2{} Aug 2026 08:00:00 +0200\n\
             Message-ID: <drei{number}@b.example>\nX-Number: Nummer =?utf-8?q?F=C3=BCnf?= {number}\n\n{rest}\n",
            4 - number
        );
        let folder = world.file("users/lena.sommer/mail/Drei");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{number}.eml")), mail).unwrap();
    }
    world.import().await;
    lena.mailbox("Drei").await["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn rfc8621_4_4_1_texts_are_found_in_their_fields() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    three(&world, &lena).await;
    for (filter, expected) in [
        (json!({ "from": "zara" }), &["Re: Beta"][..]),
        (json!({ "from": "zara@b.example" }), &["Re: Beta"]),
        (json!({ "from": "OELMEZ" }), &["Re: Beta"]),
        (json!({ "to": "bo" }), &["Alpha"]),
        (json!({ "cc": "cc3@c.example" }), &["Gamma"]),
        (json!({ "bcc": "geheim1" }), &["Re: Beta"]),
        (json!({ "subject": "alph" }), &["Alpha"]),
        (json!({ "subject": "zara" }), &[]),
        (json!({ "body": "xylophon" }), &["Re: Beta"]),
        (json!({ "body": "zara" }), &[]),
        (json!({ "text": "strasse grosse" }), &["Re: Beta"]),
        (json!({ "text": "STRAẞE" }), &["Re: Beta"]),
        (json!({ "text": "xylo zara" }), &["Re: Beta"]),
        (json!({ "text": "xylo amy" }), &[]),
        (json!({ "text": "\"gelbe wand\"" }), &["Alpha"]),
        (json!({ "text": "'wand gelbe'" }), &[]),
        (json!({ "text": "wand gelbe" }), &["Alpha"]),
        (json!({ "text": "hmm \" OR 1" }), &[]),
        (json!({ "text": "geheim3" }), &["Gamma"]),
    ] {
        assert_eq!(filtered(&lena, filter.clone()).await, expected, "{filter}");
    }
    // A text without a word looks for nothing.
    assert_eq!(filtered(&lena, json!({ "text": " - " })).await, filtered(&lena, json!({})).await);
}

#[tokio::test]
async fn one_letter_finds_what_has_a_word_that_begins_with_it() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let drei = three(&world, &lena).await;
    for (filter, expected) in [
        (json!({ "text": "x" }), &["Re: Beta"][..]),
        (json!({ "text": "G" }), &["Alpha", "Gamma", "Re: Beta"]),
        (json!({ "subject": "g" }), &["Gamma"]),
        (json!({ "subject": "x" }), &[]),
        (json!({ "body": "h w" }), &["Alpha"]),
        (json!({ "body": "ö" }), &[]),
        (json!({ "from": "ö" }), &["Re: Beta"]),
        // A whole word, and what follows the last one of a text.
        (json!({ "body": "'l'" }), &["Re: Beta"]),
        (json!({ "body": "'x'" }), &[]),
        (json!({ "body": "wand-b" }), &[]),
    ] {
        let both = json!({ "operator": "AND", "conditions": [{ "inMailbox": drei }, filter] });
        assert_eq!(filtered(&lena, both).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn rfc8621_4_4_1_header_fields_are_found_by_name_and_value() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    three(&world, &lena).await;
    for (filter, count) in [
        (json!(["x-number"]), 3),
        (json!(["X-NUMBER", "fünf 2"]), 1),
        (json!(["X-Number", "Sechs"]), 0),
        (json!(["X-Nothing"]), 0),
        (json!(["Cc", "CC1@c"]), 1),
    ] {
        assert_eq!(filtered(&lena, json!({ "header": filter })).await.len(), count, "{filter}");
    }
    for bad in [json!([]), json!(["a", "b", "c"]), json!("x")] {
        assert_eq!(
            lena.error("Email/query", json!({ "filter": { "header": bad } })).await,
            "invalidArguments"
        );
    }
}

#[tokio::test]
async fn rfc8621_4_4_1_sizes_times_and_attachments() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let drei = three(&world, &lena).await;
    let gamma = lena.email("Gamma").await["id"].clone();
    let size = lena.call("Email/get", json!({ "ids": [gamma] })).await["list"][0]["size"].as_u64().unwrap();
    for (filter, expected) in [
        (json!({ "minSize": size }), &["Gamma"][..]),
        (json!({ "minSize": size + 1 }), &[]),
        (json!({ "maxSize": size }), &["Alpha", "Re: Beta"]),
        (json!({ "minSize": 5_000_000_000_u64 }), &[]),
        (json!({ "minSize": size, "maxSize": 5_000_000_000_u64 }), &["Gamma"]),
        (json!({ "after": "2026-08-22T06:00:00Z" }), &["Alpha", "Re: Beta"]),
        (json!({ "before": "2026-08-22T06:00:00Z" }), &["Gamma"]),
        (json!({ "before": "2026-08-22T06:00:00.900Z" }), &["Gamma"]),
        (json!({ "hasAttachment": true }), &[]),
    ] {
        let both = json!({ "operator": "AND", "conditions": [{ "inMailbox": drei }, filter] });
        assert_eq!(filtered(&lena, both).await, expected, "{filter}");
    }
    assert_eq!(
        filtered(&lena, json!({ "hasAttachment": true })).await,
        ["Information für die Eltern: Mensa"]
    );
    let bad = json!({ "filter": { "after": "2026-08-22" } });
    assert_eq!(lena.error("Email/query", bad).await, "invalidArguments");
}

#[tokio::test]
async fn rfc8621_4_4_filter_has_keyword_is_case_insensitive() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = lena.email("Projekt").await["id"].as_str().unwrap().to_owned();
    lena.call("Email/set", json!({ "update": { mail: { "keywords/Wichtig": true } } })).await;
    assert_eq!(filtered(&lena, json!({ "hasKeyword": "WICHTIG" })).await, ["Projekt"]);
    assert!(!filtered(&lena, json!({ "notKeyword": "wichtig" })).await.contains(&"Projekt".to_owned()));
}

#[tokio::test]
async fn rfc8621_4_4_1_mailboxes_other_than() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let inbox = lena.mailbox("Inbox").await["id"].as_str().unwrap().to_owned();
    let project = lena.mailbox("Projekt").await["id"].as_str().unwrap().to_owned();
    let elsewhere = filtered(&lena, json!({ "inMailboxOtherThan": [inbox] })).await;
    assert!(elsewhere.contains(&"Projekt".to_owned()) && !elsewhere.contains(&"Wandertag".to_owned()));
    let nowhere = json!({ "inMailboxOtherThan": [inbox, project, lena.mailbox("Sent").await["id"]] });
    assert_eq!(filtered(&lena, nowhere).await, Vec::<String>::new());
    assert_eq!(filtered(&lena, json!({ "inMailboxOtherThan": [] })).await, filtered(&lena, json!({})).await);
}

#[tokio::test]
async fn rfc8621_4_4_1_keywords_of_whole_threads() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let thread = ["AW: Wandertag", "Re: Wandertag", "Wandertag"];
    let mail = lena.email("Re: Wandertag").await["id"].as_str().unwrap().to_owned();
    lena.call("Email/set", json!({ "update": { mail: { "keywords/x": true } } })).await;
    assert_eq!(filtered(&lena, json!({ "someInThreadHaveKeyword": "x" })).await, thread);
    assert_eq!(filtered(&lena, json!({ "allInThreadHaveKeyword": "x" })).await, Vec::<String>::new());
    let none = filtered(&lena, json!({ "noneInThreadHaveKeyword": "X" })).await;
    assert!(none.iter().all(|subject| !thread.contains(&subject.as_str())) && none.len() == 2, "{none:?}");
    for subject in thread {
        let mail = lena.email(subject).await["id"].as_str().unwrap().to_owned();
        lena.call("Email/set", json!({ "update": { mail: { "keywords/x": true } } })).await;
    }
    assert_eq!(filtered(&lena, json!({ "allInThreadHaveKeyword": "x" })).await, thread);
}

#[tokio::test]
async fn rfc8621_4_4_2_every_sort_orders() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let drei = three(&world, &lena).await;
    let alpha = lena.email("Alpha").await["id"].as_str().unwrap().to_owned();
    lena.call("Email/set", json!({ "update": { alpha: { "keywords/$flagged": true } } })).await;
    for (sort, expected) in [
        (json!([{ "property": "receivedAt" }]), ["Gamma", "Alpha", "Re: Beta"]),
        (json!([{ "property": "receivedAt", "isAscending": false }]), ["Re: Beta", "Alpha", "Gamma"]),
        (json!([{ "property": "sentAt" }]), ["Re: Beta", "Alpha", "Gamma"]),
        (json!([{ "property": "from" }]), ["Alpha", "Gamma", "Re: Beta"]),
        (json!([{ "property": "to" }]), ["Re: Beta", "Alpha", "Gamma"]),
        (json!([{ "property": "subject" }]), ["Alpha", "Re: Beta", "Gamma"]),
        (
            json!([{ "property": "subject", "collation": "i;unicode-casemap" }]),
            ["Alpha", "Re: Beta", "Gamma"],
        ),
        (
            json!([{ "property": "hasKeyword", "keyword": "$Flagged", "isAscending": false }, { "property": "sentAt" }]),
            ["Alpha", "Re: Beta", "Gamma"],
        ),
        (
            json!([{ "property": "someInThreadHaveKeyword", "keyword": "$flagged" }, { "property": "sentAt" }]),
            ["Re: Beta", "Gamma", "Alpha"],
        ),
        (
            json!([{ "property": "allInThreadHaveKeyword", "keyword": "$flagged" }, { "property": "sentAt" }]),
            ["Re: Beta", "Gamma", "Alpha"],
        ),
    ] {
        let arguments = json!({ "filter": { "inMailbox": drei }, "sort": sort });
        assert_eq!(subjects(&lena, arguments).await, expected, "{sort}");
    }
    let by_size =
        json!({ "filter": { "inMailbox": drei }, "sort": [{ "property": "size", "isAscending": false }] });
    assert_eq!(subjects(&lena, by_size).await[0], "Gamma");
    let no_keyword = json!({ "sort": [{ "property": "hasKeyword" }] });
    assert_eq!(lena.error("Email/query", no_keyword).await, "unsupportedSort");
    // The Session tells what can be sorted by (§1.3.1).
    let session = lena.get("/.well-known/jmap").await.json();
    let mail = &session["accounts"][&lena.account]["accountCapabilities"]["urn:ietf:params:jmap:mail"];
    assert_eq!(mail["emailQuerySortOptions"].as_array().unwrap().len(), 9);
}

#[tokio::test]
async fn rfc8621_4_4_3_a_collapsed_thread_stands_once_at_its_first_mail() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let sort = json!([{ "property": "receivedAt" }]);
    let all = subjects(&lena, json!({ "sort": sort })).await;
    let collapsed = json!({ "sort": sort, "collapseThreads": true, "calculateTotal": true });
    let found = subjects(&lena, collapsed.clone()).await;
    let is_answer = |subject: &&String| subject.ends_with(": Wandertag");
    assert_eq!(all.iter().filter(is_answer).count(), 2);
    assert_eq!(found, all.iter().filter(|subject| !is_answer(subject)).cloned().collect::<Vec<_>>());
    assert_eq!(lena.call("Email/query", collapsed).await["total"], found.len());
}
