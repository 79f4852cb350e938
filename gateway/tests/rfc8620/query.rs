//! §5.5 and §5.6: queries, their parts, and what changed in them.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

const OLDEST_FIRST: &str = r#"[{"property":"receivedAt","isAscending":true}]"#;

fn sorted(mut arguments: Value) -> Value {
    arguments["sort"] = serde_json::from_str(OLDEST_FIRST).unwrap();
    arguments
}

async fn all(lena: &Client) -> Vec<String> {
    let found = lena.call("Email/query", sorted(json!({}))).await;
    serde_json::from_value(found["ids"].clone()).unwrap()
}

#[tokio::test]
async fn rfc8620_5_5_position_and_limit_cut_a_part() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let ids = all(&lena).await;
    let total = ids.len();
    for (arguments, expected, position) in [
        (json!({ "position": 0, "limit": 2 }), &ids[..2], 0),
        (json!({ "position": 1 }), &ids[1..], 1),
        (json!({ "position": -2 }), &ids[total - 2..], total - 2),
        (json!({ "position": -999 }), &ids[..], 0),
        (json!({ "position": 999 }), &[], total),
        (json!({ "limit": 0 }), &[], 0),
        (json!({ "position": null, "limit": null, "anchor": null }), &ids[..], 0),
    ] {
        let mut arguments = arguments;
        if arguments["position"].is_null() {
            arguments.as_object_mut().unwrap().remove("position");
        }
        let found = lena.call("Email/query", sorted(arguments.clone())).await;
        assert_eq!(found["ids"], json!(expected), "{arguments}");
        assert_eq!(found["position"], position, "{arguments}");
    }
    assert_eq!(lena.error("Email/query", json!({ "limit": -1 })).await, "invalidArguments");
}

#[tokio::test]
async fn rfc8620_5_5_an_anchor_replaces_the_position() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let ids = all(&lena).await;
    for (offset, from) in [(0, 2), (-1, 1), (1, 3), (-99, 0)] {
        let arguments = json!({ "anchor": ids[2], "anchorOffset": offset, "position": 7, "limit": 2 });
        let found = lena.call("Email/query", sorted(arguments)).await;
        let to = (from + 2).min(ids.len());
        assert_eq!(found["ids"], json!(ids[from..to]), "{offset}");
        assert_eq!(found["position"], from);
    }
    assert_eq!(lena.error("Email/query", json!({ "anchor": "nobody" })).await, "anchorNotFound");
}

#[tokio::test]
async fn rfc8620_5_5_the_total_comes_only_where_asked() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let found = lena.call("Email/query", json!({ "limit": 1, "calculateTotal": true })).await;
    assert_eq!(found["total"], all(&lena).await.len());
    assert_eq!(lena.call("Email/query", json!({ "limit": 1 })).await.get("total"), None);
    // The server's own limit is told where it is not the one asked for.
    assert_eq!(lena.call("Email/query", json!({ "limit": 1_000_000 })).await["limit"], 10_000);
}

#[tokio::test]
async fn rfc8620_5_5_operators_join_filters() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let seen = json!({ "hasKeyword": "$seen" });
    let inbox = json!({ "inMailbox": lena.mailbox("Inbox").await["id"] });
    let count = async |filter: Value| {
        let found = lena.call("Email/query", json!({ "filter": filter })).await;
        found["ids"].as_array().unwrap().len()
    };
    let join = |operator: &str, conditions: Value| json!({ "operator": operator, "conditions": conditions });
    let (everything, seen_ones, in_inbox) =
        (count(Value::Null).await, count(seen.clone()).await, count(inbox.clone()).await);
    let both = count(join("AND", json!([seen, inbox]))).await;
    assert_eq!(count(join("OR", json!([seen, inbox]))).await, seen_ones + in_inbox - both);
    assert_eq!(count(join("NOT", json!([seen, inbox]))).await, everything - (seen_ones + in_inbox - both));
    assert_eq!(count(join("NOT", json!([join("NOT", json!([seen]))]))).await, seen_ones);
    // Nothing to hold: AND lets everything through, OR nothing.
    assert_eq!(count(join("AND", json!([]))).await, everything);
    assert_eq!(count(join("OR", json!([]))).await, 0);
    assert_eq!(count(json!({})).await, everything);
}

#[tokio::test]
async fn rfc8620_5_5_what_cannot_be_done_is_said() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for (arguments, kind) in [
        (json!({ "filter": { "colour": "red" } }), "unsupportedFilter"),
        (json!({ "filter": { "operator": "AND", "conditions": [{ "colour": 1 }] } }), "unsupportedFilter"),
        (json!({ "filter": { "hasKeyword": 1 } }), "invalidArguments"),
        (json!({ "filter": { "operator": "XOR", "conditions": [] } }), "invalidArguments"),
        (json!({ "sort": [{ "property": "colour" }] }), "unsupportedSort"),
        (json!({ "sort": [{ "property": "receivedAt", "collation": "i;klingon" }] }), "unsupportedSort"),
        (json!({ "sort": [{}] }), "invalidArguments"),
    ] {
        assert_eq!(lena.error("Email/query", arguments.clone()).await, kind, "{arguments}");
    }
}

#[tokio::test]
async fn rfc8620_5_5_a_filter_is_carried_out_or_refused_however_large() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let many = |number: usize| json!({ "operator": "OR", "conditions": vec![json!({ "hasKeyword": "$seen" }); number] });
    let few = lena.query("Email", json!({ "filter": { "hasKeyword": "$seen" } })).await;
    assert_eq!(lena.query("Email", json!({ "filter": many(499) })).await, few);
    assert_eq!(lena.error("Email/query", json!({ "filter": many(500) })).await, "unsupportedFilter");
    let deep = (0..50).fold(
        json!({ "hasKeyword": "$seen" }),
        |inner, _| json!({ "operator": "NOT", "conditions": [inner] }),
    );
    assert_eq!(lena.query("Email", json!({ "filter": deep })).await, few);
    let words: Vec<String> = (0..5000).map(|number| format!("wort{number}")).collect();
    assert!(lena.query("Email", json!({ "filter": { "text": words.join(" ") } })).await.is_empty());
}

/// Carries out a queryChanges answer as RFC 8620 §5.6 tells clients to.
fn splice(mut ids: Vec<String>, changes: &Value) -> Vec<String> {
    let removed: Vec<String> = serde_json::from_value(changes["removed"].clone()).unwrap();
    ids.retain(|id| !removed.contains(id));
    for added in changes["added"].as_array().unwrap() {
        let index = usize::try_from(added["index"].as_u64().unwrap()).unwrap();
        ids.insert(index, added["id"].as_str().unwrap().to_owned());
    }
    ids
}

#[tokio::test]
async fn rfc8620_5_6_changes_turn_the_old_result_into_the_new_one() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let unseen = json!({ "filter": { "notKeyword": "$seen" } });
    for wanted in [json!({}), unseen, json!({ "collapseThreads": true })] {
        let wanted = sorted(wanted);
        let before = lena.call("Email/query", wanted.clone()).await;
        assert_eq!(before["canCalculateChanges"], true);
        let mut since = wanted.clone();
        since["sinceQueryState"] = before["queryState"].clone();
        let none = lena.call("Email/queryChanges", since.clone()).await;
        assert_eq!([&none["removed"], &none["added"]], [&json!([]), &json!([])]);
        assert_eq!([&none["oldQueryState"], &none["newQueryState"]], [&before["queryState"]; 2]);

        let number = all(&lena).await.len();
        let mail = format!(
            "From: a@b.example\nSubject: AW: Wandertag\nDate: Mon, 14 Sep 2026 0{number}:00:00 +0200\n\
             Message-ID: <{number}@b.example>\nIn-Reply-To: <wandertag@testschule.example>\n\nHallo\n"
        );
        std::fs::write(world.file(&format!("users/lena.sommer/mail/Inbox/9{number}.eml")), mail).unwrap();
        world.import().await;
        let unseen = lena.call("Email/query", json!({ "filter": { "notKeyword": "$seen" } })).await;
        let patch = json!({ unseen["ids"][0].as_str().unwrap(): { "keywords/$seen": true } });
        lena.call("Email/set", json!({ "update": patch })).await;

        since["calculateTotal"] = json!(true);
        let changes = lena.call("Email/queryChanges", since.clone()).await;
        let after = lena.call("Email/query", wanted.clone()).await;
        let old: Vec<String> = serde_json::from_value(before["ids"].clone()).unwrap();
        assert_eq!(json!(splice(old, &changes)), after["ids"], "{wanted}");
        assert_eq!(changes["newQueryState"], after["queryState"]);
        assert_eq!(changes["total"], after["ids"].as_array().unwrap().len());
        since["maxChanges"] = json!(1);
        let few = changes["removed"].as_array().unwrap().len() + changes["added"].as_array().unwrap().len();
        if few > 1 {
            assert_eq!(lena.error("Email/queryChanges", since).await, "tooManyChanges");
        }
    }
}

#[tokio::test]
async fn rfc8620_5_6_an_unknown_state_cannot_be_calculated_from() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for kind in ["Email", "Mailbox", "Task", "Lesson", "CalendarEvent"] {
        let error = lena.error(&format!("{kind}/queryChanges"), json!({ "sinceQueryState": "x" })).await;
        assert_eq!(error, "cannotCalculateChanges", "{kind}");
    }
}

#[tokio::test]
async fn rfc8620_5_5_arguments_of_another_type_are_invalid() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for bad in [
        json!({ "position": "1" }),
        json!({ "position": 1.5 }),
        json!({ "anchor": 1 }),
        json!({ "anchorOffset": "x" }),
        json!({ "limit": "10" }),
        json!({ "calculateTotal": "yes" }),
        json!({ "sort": { "property": "receivedAt" } }),
        json!({ "sort": [{ "property": "receivedAt", "isAscending": "no" }] }),
        json!({ "filter": [] }),
        json!({ "filter": { "operator": "AND" } }),
        json!({ "filter": { "operator": "AND", "conditions": {} } }),
    ] {
        assert_eq!(lena.error("Email/query", bad.clone()).await, "invalidArguments", "{bad}");
    }
    let beyond = json!({ "anchor": all(&lena).await[0], "anchorOffset": 999 });
    assert_eq!(lena.call("Email/query", sorted(beyond)).await["ids"], json!([]));
}

#[tokio::test]
async fn rfc8620_5_6_beyond_the_last_id_that_is_known_nothing_need_be_told() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let newest_first = json!([{ "property": "receivedAt", "isAscending": false }]);
    let mail = lena.email("Wandertag").await["id"].as_str().unwrap().to_owned();
    assert_eq!(lena.update("Email", &mail, json!({ "keywords/$flagged": true })).await, None);
    let before = lena.call("Email/query", json!({ "sort": newest_first, "limit": 2 })).await;
    for (name, year) in [("alt", 2001), ("neu", 2026)] {
        let mail = format!(
            "From: a@b.example\nSubject: {name}\nDate: Mon, 14 Sep {year} 05:59:00 +0000\n\
             Received: by x; Mon, 14 Sep {year} 05:59:00 +0000\n\nHallo\n"
        );
        std::fs::write(world.file(&format!("users/lena.sommer/mail/Inbox/99-{name}.eml")), mail).unwrap();
    }
    world.import().await;
    let since = json!({ "sort": newest_first, "sinceQueryState": before["queryState"] });
    let whole = lena.call("Email/queryChanges", since.clone()).await;
    assert_eq!(whole["added"].as_array().unwrap().len(), 2);
    let indexes: Vec<u64> =
        whole["added"].as_array().unwrap().iter().map(|added| added["index"].as_u64().unwrap()).collect();
    assert!(indexes.is_sorted());
    let mut known = since;
    known["upToId"] = before["ids"][1].clone();
    let known = lena.call("Email/queryChanges", known).await;
    assert_eq!(known["added"], json!([{ "id": lena.email("neu").await["id"], "index": 0 }]));
    assert_eq!(known["newQueryState"], whole["newQueryState"]);
}
