//! §4.6: Email/set.

use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

/// Uploads bytes; answers their blob id.
pub async fn upload(client: &Client, bytes: &[u8], media_type: &str) -> String {
    let request = Request::post(format!("/jmap/upload/{}", client.account));
    let answer = client.send(request.header(header::CONTENT_TYPE, media_type), bytes.to_vec()).await;
    answer.json()["blobId"].as_str().unwrap().to_owned()
}

/// A draft with these properties besides.
async fn draft(lena: &Client, properties: Value) -> Value {
    let drafts = lena.mailbox("Drafts").await["id"].as_str().unwrap().to_owned();
    let mut draft = json!({
        "mailboxIds": { drafts: true },
        "keywords": { "$draft": true, "$Seen": true },
        "from": [{ "name": "Lena Sommer", "email": "lena.sommer@testschule.example" }],
        "to": [{ "name": null, "email": "jonas.sommer@testschule.example" }],
        "subject": "Grüße",
        "bodyStructure": { "type": "text/plain", "partId": "t" },
        "bodyValues": { "t": { "value": "Hallo Jonas,\nbis später!" } },
    });
    for (name, value) in properties.as_object().unwrap() {
        draft[name] = value.clone();
    }
    draft.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    draft
}

async fn create(lena: &Client, properties: Value) -> Value {
    let draft = draft(lena, properties).await;
    lena.call("Email/set", json!({ "create": { "k": draft } })).await
}

async fn read(lena: &Client, set: &Value, properties: Value) -> Value {
    let id = &set["created"]["k"]["id"];
    let arguments = json!({ "ids": [id], "properties": properties, "fetchAllBodyValues": true });
    lena.call("Email/get", arguments).await["list"][0].clone()
}

#[tokio::test]
async fn rfc8621_4_6_a_draft_is_created_with_what_the_server_sets() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let set = create(&lena, json!({})).await;
    let created = &set["created"]["k"];
    let mut names: Vec<&String> = created.as_object().unwrap().keys().collect();
    names.sort_unstable();
    assert_eq!(names, ["blobId", "id", "size", "threadId"]);
    assert_ne!(set["oldState"], set["newState"]);
    let mail = read(
        &lena,
        &set,
        json!([
            "subject",
            "from",
            "keywords",
            "messageId",
            "sentAt",
            "receivedAt",
            "size",
            "preview",
            "bodyValues"
        ]),
    )
    .await;
    assert_eq!([&mail["subject"], &mail["preview"]], [&json!("Grüße"), &json!("Hallo Jonas, bis später!")]);
    assert_eq!(mail["keywords"], json!({ "$draft": true, "$seen": true }));
    // A Message-ID and a Date are generated (RFC 5322 §3.6).
    assert!(mail["messageId"][0].as_str().unwrap().ends_with("@testschule.example"), "{mail}");
    assert_eq!([&mail["sentAt"], &mail["receivedAt"]], ["2026-09-14T06:00:00Z", "2026-09-14T06:00:00Z"]);
    assert_eq!(mail["size"], created["size"]);
    assert_eq!(mail["bodyValues"]["1"]["value"].as_str().unwrap().trim_end(), "Hallo Jonas,\nbis später!");
    assert_eq!(lena.mailbox("Drafts").await["totalEmails"], 1);
    // What is not a school's file survives its next import.
    assert_eq!(world.import().await, 0);
}

#[tokio::test]
async fn rfc8621_4_6_texts_html_and_attachments_become_parts() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (pdf, png) =
        (upload(&lena, b"%PDF-1.4", "application/pdf").await, upload(&lena, b"\x89PNG", "image/png").await);
    let set = create(
        &lena,
        json!({
            "bodyStructure": null,
            "textBody": [{ "partId": "t", "type": "text/plain" }],
            "htmlBody": [{ "partId": "h", "type": "text/html" }],
            "attachments": [
                { "blobId": pdf, "type": "application/pdf", "name": "Plan für Ä.pdf", "disposition": "attachment" },
                { "blobId": png, "type": "image/png", "cid": "bild", "disposition": "inline" },
            ],
            "bodyValues": { "t": { "value": "Text" }, "h": { "value": "<p>HTML <img src=\"cid:bild\">" } },
        }),
    )
    .await;
    let mail =
        read(&lena, &set, json!(["textBody", "htmlBody", "attachments", "hasAttachment", "bodyStructure"]))
            .await;
    assert_eq!([&mail["textBody"][0]["type"], &mail["htmlBody"][0]["type"]], ["text/plain", "text/html"]);
    assert_eq!(mail["hasAttachment"], true);
    assert_eq!(mail["bodyStructure"]["type"], "multipart/mixed");
    let attachments = mail["attachments"].as_array().unwrap();
    let name = |part: &Value| part["name"].clone();
    assert!(attachments.iter().any(|part| name(part) == "Plan für Ä.pdf"), "{mail}");
    assert!(attachments.iter().any(|part| part["cid"] == "bild" && part["type"] == "image/png"));
    let blob = attachments.iter().find(|part| part["type"] == "application/pdf").unwrap()["blobId"].clone();
    let path = format!("/jmap/download/{}/{}/p.pdf", lena.account, blob.as_str().unwrap());
    assert_eq!(lena.get(&path).await.body, b"%PDF-1.4");
}

#[tokio::test]
async fn rfc8621_4_6_header_fields_are_set_in_every_form() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let set = create(
        &lena,
        json!({
            "subject": null,
            "header:Subject:asText": "Ü",
            "header:X-Raw": " as it is",
            "header:X-List:asText:all": ["eins", "zwei"],
            "header:Reply-To:asGroupedAddresses": [{ "name": "Klasse", "addresses": [{ "email": "a@b.example" }] }],
            "references": ["x@y", "z@y"],
            "sentAt": "2026-09-01T10:00:00+02:00",
            "messageId": ["eigene@id"],
        }),
    )
    .await;
    let properties = json!([
        "subject",
        "header:X-Raw",
        "header:X-List:asText:all",
        "header:Reply-To:asGroupedAddresses",
        "references",
        "sentAt",
        "messageId",
    ]);
    let mail = read(&lena, &set, properties).await;
    assert_eq!([&mail["subject"], &mail["header:X-Raw"]], ["Ü", " as it is"]);
    assert_eq!(mail["header:X-List:asText:all"], json!(["eins", "zwei"]));
    assert_eq!(mail["header:Reply-To:asGroupedAddresses"][0]["name"], "Klasse");
    assert_eq!(mail["references"], json!(["x@y", "z@y"]));
    assert_eq!([&mail["sentAt"], &mail["messageId"][0]], ["2026-09-01T10:00:00+02:00", "eigene@id"]);
}

#[tokio::test]
async fn rfc8621_4_6_what_is_ambiguous_is_refused() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let blob = upload(&lena, b"x", "text/plain").await;
    let text = json!({ "type": "text/plain", "partId": "t" });
    let part = |properties: Value| {
        let mut part = json!({ "type": "text/plain", "partId": "t" });
        for (name, value) in properties.as_object().unwrap() {
            part[name] = value.clone();
        }
        part.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        json!({ "bodyStructure": part })
    };
    for (properties, property) in [
        (json!({ "headers": [] }), "headers"),
        (json!({ "header:From:asAddresses": [] }), "from"),
        (json!({ "header:Subject:asDate": "x" }), "header:Subject:asDate"),
        (json!({ "header:Content-Type": "text/plain" }), "header:Content-Type"),
        (json!({ "textBody": [text] }), "textBody"),
        (json!({ "bodyStructure": null, "textBody": [text, text] }), "textBody"),
        (json!({ "bodyStructure": null, "textBody": [{ "type": "text/html", "partId": "t" }] }), "textBody"),
        (json!({ "bodyStructure": null, "htmlBody": [text] }), "htmlBody"),
        (part(json!({ "blobId": blob })), "bodyStructure"),
        (part(json!({ "partId": "u" })), "bodyStructure"),
        (part(json!({ "charset": "utf-8" })), "bodyStructure"),
        (part(json!({ "size": 3 })), "bodyStructure"),
        (part(json!({ "headers": [] })), "bodyStructure"),
        (part(json!({ "header:Content-Transfer-Encoding": "base64" })), "bodyStructure"),
        (part(json!({ "header:Content-Type": "text/plain" })), "bodyStructure"),
        (part(json!({ "header:Subject:asText": "zwei" })), "bodyStructure"),
        (json!({ "bodyValues": { "t": { "value": "x", "isTruncated": true } } }), "bodyValues"),
        (json!({ "bodyValues": { "t": { "value": "x", "isEncodingProblem": true } } }), "bodyValues"),
        (json!({ "mailboxIds": {} }), "mailboxIds"),
        (json!({ "mailboxIds": { "Mnobody": true } }), "mailboxIds"),
        (json!({ "keywords": { "a b": true } }), "keywords"),
        (json!({ "id": "E1" }), "id"),
        (json!({ "preview": "x" }), "preview"),
        (json!({ "receivedAt": "yesterday" }), "receivedAt"),
        (json!({ "colour": "red" }), "colour"),
    ] {
        let set = create(&lena, properties.clone()).await;
        let refused = &set["notCreated"]["k"];
        assert_eq!(refused["type"], "invalidProperties", "{properties}: {set}");
        let named = refused["properties"][0].as_str().unwrap();
        assert!(named == property || property == "from", "{properties}: {set}");
    }
    let missing = part(json!({ "partId": null, "blobId": "Bnothing", "type": "image/png" }));
    let refused = create(&lena, missing).await["notCreated"]["k"].clone();
    assert_eq!([&refused["type"], &refused["notFound"]], [&json!("blobNotFound"), &json!(["Bnothing"])]);
    assert_eq!(lena.mailbox("Drafts").await["totalEmails"], 0);
}

#[tokio::test]
async fn rfc8620_5_3_everything_wrong_with_a_mail_is_named_at_once() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let text = json!({ "type": "text/plain", "partId": "t" });
    let wrong = json!({
        "bodyStructure": null,
        "attachments": [{ "type": "text/plain", "partId": "nothing" }],
        "colour": "red",
        "header:Content-Type": "text/plain",
        "htmlBody": [text],
        "keywords": { "a b": true },
        "receivedAt": "yesterday",
        "sentAt": "tomorrow",
        "subject": 7,
        "textBody": [text, text],
    });
    let refused = create(&lena, wrong.clone()).await["notCreated"]["k"].clone();
    let mut named: Vec<&str> =
        refused["properties"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    named.sort_unstable();
    let all = wrong.as_object().unwrap().keys().filter(|name| *name != "bodyStructure");
    assert_eq!(named, all.collect::<Vec<_>>());

    let values = json!({ "t": { "value": "x", "isTruncated": true } });
    let both = create(&lena, json!({ "bodyValues": values, "subject": 7 })).await;
    assert_eq!(both["notCreated"]["k"]["properties"], json!(["subject", "bodyValues"]));
}

#[tokio::test]
async fn rfc8620_5_3_a_mail_is_made_in_a_mailbox_of_the_same_request() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let draft = draft(&lena, json!({ "mailboxIds": { "#box": true } })).await;
    let answers = lena
        .calls(&[
            ("Mailbox/set", json!({ "create": { "box": { "name": "Neu" } } })),
            ("Email/set", json!({ "create": { "mail": draft } })),
            ("Email/set", json!({ "update": { "#mail": { "mailboxIds/#box": true, "keywords/x": true } } })),
        ])
        .await;
    let mailbox = answers[0].1["created"]["box"]["id"].as_str().unwrap();
    let mail = &answers[1].1["created"]["mail"]["id"];
    let found =
        lena.call("Email/get", json!({ "ids": [mail], "properties": ["mailboxIds", "keywords"] })).await;
    assert_eq!(found["list"][0]["mailboxIds"], json!({ mailbox: true }));
    assert_eq!(found["list"][0]["keywords"]["x"], true);
}

#[tokio::test]
async fn rfc8621_4_6_a_destroyed_mail_is_gone_from_everywhere() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (email, thread, mailbox) =
        (lena.state("Email").await, lena.state("Thread").await, lena.state("Mailbox").await);
    let mail = lena.email("Projekt").await;
    let set = lena.call("Email/set", json!({ "destroy": [mail["id"], "Enobody", mail["id"]] })).await;
    assert_eq!(set["destroyed"], json!([mail["id"]]));
    assert_eq!(set["notDestroyed"]["Enobody"]["type"], "notFound");
    for (kind, state, gone) in [("Email", email, &mail["id"]), ("Thread", thread, &mail["threadId"])] {
        let changes = lena.call(&format!("{kind}/changes"), json!({ "sinceState": state })).await;
        assert_eq!(changes["destroyed"], json!([gone]), "{kind}");
    }
    let changes = lena.call("Mailbox/changes", json!({ "sinceState": mailbox })).await;
    assert_eq!(changes["updated"], json!([lena.mailbox("Projekt").await["id"]]));
    // The school's files still have it; its owner has said no.
    assert_eq!(world.import().await, 0);
}

#[tokio::test]
async fn rfc8621_4_6_content_cannot_change_but_may_be_repeated() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = lena.email("Wandertag").await;
    let id = mail["id"].as_str().unwrap();
    for (patch, kind) in [
        (json!({ "subject": "Anders" }), "invalidProperties"),
        (json!({ "receivedAt": "2020-01-01T00:00:00Z" }), "invalidProperties"),
        (json!({ "threadId": "T1" }), "invalidProperties"),
        (json!({ "subject/0": "x" }), "invalidProperties"),
        (json!({ "keywords": { "$seen": true }, "keywords/$flagged": true }), "invalidPatch"),
        (json!({ "keywords": { "$seen": false } }), "invalidProperties"),
    ] {
        let set = lena.call("Email/set", json!({ "update": { id: patch } })).await;
        assert_eq!(set["notUpdated"][id]["type"], kind, "{patch}");
    }
    let same =
        json!({ id: { "subject": "Wandertag", "threadId": mail["threadId"], "keywords/$flagged": true } });
    let set = lena.call("Email/set", json!({ "update": same })).await;
    assert_eq!(set["updated"], json!({ id: null }), "{set}");
}

#[tokio::test]
async fn rfc8620_5_3_a_whole_mail_may_be_sent_back() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = create(
        &lena,
        json!({
            "bodyStructure": null,
            "textBody": [{ "partId": "t", "type": "text/plain" }],
        }),
    )
    .await["created"]["k"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let whole = json!({ "ids": [id], "fetchAllBodyValues": true });
    let mut mail = lena.call("Email/get", whole).await["list"][0].clone();
    mail["keywords"] = json!({ "$flagged": true });
    assert_eq!(lena.update("Email", &id, mail.clone()).await, None);
    assert_eq!(lena.object("Email", &id, json!(["keywords"])).await["keywords"], json!({ "$flagged": true }));
    mail["bodyValues"]["1"]["value"] = json!("Etwas anderes");
    let set = lena.call("Email/set", json!({ "update": { &id: mail } })).await;
    assert_eq!(set["notUpdated"][&id]["properties"], json!(["bodyValues"]));
}

#[tokio::test]
async fn rfc8620_5_3_what_a_call_creates_it_may_change() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let drafts = lena.mailbox("Drafts").await["id"].as_str().unwrap().to_owned();
    let mail = json!({ "mailboxIds": { drafts: true }, "subject": "Neu" });
    let set = lena
        .call(
            "Email/set",
            json!({ "create": { "a": mail, "b": mail }, "update": { "#a": { "keywords/$seen": true } }, "destroy": ["#b"] }),
        )
        .await;
    let id = set["created"]["a"]["id"].as_str().unwrap();
    assert_eq!(
        [&set["updated"], &set["destroyed"]],
        [&json!({ id: null }), &json!([set["created"]["b"]["id"]])]
    );
    assert_eq!(lena.object("Email", id, json!(["keywords"])).await["keywords"], json!({ "$seen": true }));
}

#[tokio::test]
async fn rfc8620_6_who_gives_a_blob_learns_its_new_id() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let pdf = upload(&lena, b"%PDF-1.4", "application/pdf").await;
    let attachments = json!([{ "blobId": pdf, "type": "application/pdf" }]);
    let body = json!({ "bodyStructure": null, "textBody": [{ "partId": "t" }], "attachments": attachments });
    let set = create(&lena, body).await;
    let created = &set["created"]["k"];
    let mut names: Vec<&String> = created.as_object().unwrap().keys().collect();
    names.sort_unstable();
    assert_eq!(names, ["attachments", "blobId", "id", "size", "threadId"]);
    let mail = read(&lena, &set, json!(["attachments"])).await;
    assert_eq!(created["attachments"], mail["attachments"]);
    let path = format!(
        "/jmap/download/{}/{}/p",
        lena.account,
        created["attachments"][0]["blobId"].as_str().unwrap()
    );
    assert_eq!(lena.get(&path).await.body, b"%PDF-1.4");
}

#[tokio::test]
async fn rfc8621_4_1_4_bytes_given_as_a_text_are_plain_unless_they_say_otherwise() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let text = upload(&lena, b"Hallo Jonas", "text/plain").await;
    let body = json!({ "bodyStructure": null, "textBody": [{ "blobId": text }], "bodyValues": null });
    let set = create(&lena, body).await;
    let mail = read(&lena, &set, json!(["textBody", "preview"])).await;
    assert_eq!([&mail["textBody"][0]["type"], &mail["preview"]], ["text/plain", "Hallo Jonas"], "{set}");
    let body = json!({ "bodyStructure": null, "textBody": [{ "blobId": text, "type": "image/png" }] });
    assert_eq!(create(&lena, body).await["notCreated"]["k"]["properties"], json!(["textBody"]));
}
