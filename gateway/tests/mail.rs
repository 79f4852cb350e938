//! What a mail program reads.

use serde_json::{Value, json};
use tornister_protocol::mail::{Email, EmailBody, SAFE_HTML};

use crate::common::{LENA, World};

#[tokio::test]
async fn a_list_and_an_opened_mail_are_what_the_app_reads() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.email("Information für die Eltern: Mensa").await["id"].clone();
    let list = lena.call("Email/get", json!({ "ids": [id], "properties": Email::PROPERTIES })).await;
    let row: Email = serde_json::from_value(list["list"][0].clone()).unwrap();
    assert!(row.has_attachment && !row.is_seen());
    assert_eq!(row.from.unwrap()[0].display_name(), "Sekretariat");
    assert_eq!(row.received_at.to_string(), "2026-09-09T07:00:00Z");

    let arguments = json!({
        "ids": [id],
        "properties": EmailBody::PROPERTIES,
        "bodyProperties": EmailBody::BODY_PROPERTIES,
        "fetchTextBodyValues": true,
    });
    let opened = lena.call("Email/get", arguments).await;
    let body: EmailBody = serde_json::from_value(opened["list"][0].clone()).unwrap();
    assert_eq!(body.text().trim_end(), "Der Speiseplan liegt bei: Grünkohl.");
    let html = body.safe_html.as_deref().unwrap();
    assert!(html.contains("<b>Speiseplan</b>") && !html.contains("alert"), "{html}");
    assert_eq!(body.attachments.len(), 1);
    let pdf = &body.attachments[0];
    assert_eq!((pdf.name.as_deref(), pdf.media_type.as_str()), (Some("Speiseplan.pdf"), "application/pdf"));

    let blob = pdf.blob_id.as_ref().unwrap();
    let path = format!("/jmap/download/{}/{blob}/Speiseplan.pdf?type=application/pdf", lena.account);
    assert_eq!(lena.get(&path).await.body, b"%PDF-1.4\n%%EOF\n");
}

#[tokio::test]
async fn everything_that_rfc_8621_asks_by_default_is_there() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.email("Re: Wandertag").await["id"].clone();
    let mail = lena.call("Email/get", json!({ "ids": [id, id] })).await;
    assert_eq!(mail["list"].as_array().unwrap().len(), 1);
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(mail["list"][0]) });
    let structure = json!({ "ids": [id], "properties": ["bodyStructure", "headers"], "bodyProperties": ["partId", "type", "subParts"] });
    let structure = lena.call("Email/get", structure).await;
    assert_eq!(structure["list"][0]["bodyStructure"]["type"], "text/plain");
    assert!(structure["list"][0]["headers"].as_array().unwrap().len() >= 7);
    assert_eq!(structure["list"][0].get(SAFE_HTML), None);
}

#[tokio::test]
async fn a_long_body_is_cut_between_characters() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.email("Information für die Eltern: Mensa").await["id"].clone();
    let cut = async |bytes: usize| -> Vec<(String, bool)> {
        let arguments = json!({ "ids": [id], "properties": ["bodyValues"], "fetchAllBodyValues": true, "maxBodyValueBytes": bytes });
        let mail = lena.call("Email/get", arguments).await;
        let values = mail["list"][0]["bodyValues"].as_object().unwrap().clone();
        let values = values.values().map(|value| {
            (value["value"].as_str().unwrap().to_owned(), value["isTruncated"].as_bool().unwrap())
        });
        values.collect()
    };
    // Byte 29 is the second of "ü"; byte 20 of the HTML lies inside its first tag.
    assert!(cut(29).await.contains(&("Der Speiseplan liegt bei: Gr".to_owned(), true)));
    assert!(cut(20).await.contains(&(String::new(), true)));
    assert!(cut(0).await.iter().all(|(_, truncated)| !truncated));
}

#[tokio::test]
async fn answers_lie_in_one_thread_in_the_order_of_time() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (question, answer) = (lena.email("AW: Wandertag").await, lena.email("Re: Wandertag").await);
    let first = lena.email("Wandertag").await;
    let thread = lena.call("Thread/get", json!({ "ids": [first["threadId"]] })).await;
    assert_eq!(thread["list"][0]["emailIds"], json!([first["id"], question["id"], answer["id"]]));
    assert_ne!(lena.email("Projekt").await["threadId"], first["threadId"]);
}

#[tokio::test]
async fn mails_are_found_by_mailbox_time_and_keyword() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let subjects = async |arguments: Value| -> Vec<String> {
        let answers = lena
            .calls(&[
                ("Email/query", arguments),
                ("Email/get", json!({ "#ids": { "resultOf": "0", "name": "Email/query", "path": "/ids" } })),
            ])
            .await;
        let list = answers[1].1["list"].as_array().unwrap();
        let ids = answers[0].1["ids"].as_array().unwrap().iter();
        ids.map(|id| {
            let mail = list.iter().find(|mail| mail["id"] == *id).unwrap();
            mail["subject"].as_str().unwrap().to_owned()
        })
        .collect()
    };
    let inbox = lena.mailbox("Inbox").await["id"].clone();
    let mensa = "Information für die Eltern: Mensa";
    assert_eq!(
        subjects(json!({ "filter": { "inMailbox": inbox } })).await,
        [mensa, "Re: Wandertag", "Wandertag"]
    );
    let collapsed = json!({ "filter": { "inMailbox": inbox }, "collapseThreads": true });
    assert_eq!(subjects(collapsed).await, [mensa, "Re: Wandertag"]);
    let old_first = json!({ "sort": [{ "property": "receivedAt" }], "limit": 2, "position": 1 });
    assert_eq!(subjects(old_first).await, ["AW: Wandertag", "Re: Wandertag"]);
    let range = json!({ "filter": { "after": "2026-09-08T10:00:00Z", "before": "2026-09-09T07:00:00Z" } });
    assert_eq!(subjects(range).await, ["Re: Wandertag"]);
    let joined = json!({ "filter": { "operator": "NOT", "conditions": [{ "hasKeyword": "$SEEN" }, { "inMailbox": inbox }] } });
    assert_eq!(subjects(joined).await, ["Projekt"]);

    let last = lena.email("Wandertag").await["id"].clone();
    let around = json!({ "anchor": last, "anchorOffset": -1, "calculateTotal": true });
    let page = lena.call("Email/query", around).await;
    assert_eq!([&page["position"], &page["total"]], [&json!(3), &json!(5)]);
    assert_eq!(page["ids"].as_array().unwrap().len(), 2);
    assert_eq!(lena.call("Email/query", json!({ "position": -1 })).await["ids"], json!([last]));
    for (arguments, error) in [
        (json!({ "anchor": "Enobody" }), "anchorNotFound"),
        (json!({ "filter": { "moon": "full" } }), "unsupportedFilter"),
        (json!({ "filter": { "before": "yesterday" } }), "invalidArguments"),
        (json!({ "sort": [{ "property": "moon" }] }), "unsupportedSort"),
    ] {
        assert_eq!(lena.error("Email/query", arguments).await, error);
    }
}

#[tokio::test]
async fn mailboxes_are_found_by_role() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let inbox = lena.mailbox("Inbox").await;
    let found = lena.call("Mailbox/query", json!({ "filter": { "role": "inbox" } })).await;
    assert_eq!(found["ids"], json!([inbox["id"]]));
    let own = lena.call("Mailbox/query", json!({ "filter": { "role": null } })).await;
    assert_eq!(own["ids"], json!([lena.mailbox("Projekt").await["id"]]));
    let sorted = lena.call("Mailbox/query", json!({ "sort": [{ "property": "sortOrder" }] })).await;
    assert_eq!(sorted["ids"][0], inbox["id"]);
    assert_eq!(sorted["ids"].as_array().unwrap().len(), 6);
}
