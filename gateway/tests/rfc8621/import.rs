//! §4.7 to §4.9: copying, importing, parsing.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::create::upload;
use crate::common::{Client, JONAS, LENA, TwoAccounts, World, router_of};

const MAIL: &str = "From: Anna <anna@b.example>\r\nTo: lena@b.example\r\nSubject: Importiert\r\n\
    Date: Thu, 01 Jan 2026 12:00:00 +0000\r\nMessage-ID: <import@b.example>\r\n\r\nInhalt\r\n";

async fn inbox(client: &Client) -> String {
    client.mailbox("Inbox").await["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn rfc8621_4_8_an_uploaded_message_becomes_a_mail() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let blob = upload(&lena, MAIL.as_bytes(), "message/rfc822").await;
    let import = json!({
        "blobId": blob,
        "mailboxIds": { inbox(&lena).await: true },
        "keywords": { "$seen": true, "Eigenes": true },
        "receivedAt": "2026-01-01T12:00:00.250Z",
    });
    let answer = lena.call("Email/import", json!({ "emails": { "a": import, "b": import } })).await;
    assert_ne!(answer["oldState"], answer["newState"]);
    let (a, b) = (&answer["created"]["a"], &answer["created"]["b"]);
    // Duplicates are allowed, with ids of their own.
    assert_ne!(a["id"], b["id"]);
    assert_eq!([&a["blobId"], &a["size"]], [&json!(blob), &json!(MAIL.len())]);
    assert_eq!(a["threadId"], b["threadId"]);
    assert_eq!(
        [&answer["notCreated"], &answer.get("updated").cloned().unwrap_or_default()],
        [&Value::Null, &Value::Null]
    );
    let mail = lena.call("Email/get", json!({ "ids": [a["id"]] })).await["list"][0].clone();
    assert_eq!([&mail["subject"], &mail["receivedAt"]], ["Importiert", "2026-01-01T12:00:00Z"]);
    assert_eq!(mail["keywords"], json!({ "$seen": true, "eigenes": true }));
}

#[tokio::test]
async fn rfc8621_4_8_received_at_defaults_to_the_newest_hop_or_now() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let hop = format!("Received: from a by b; Fri, 02 Jan 2026 10:00:00 +0100\r\n{MAIL}");
    for (message, expected) in [(hop.as_str(), "2026-01-02T09:00:00Z"), (MAIL, "2026-09-14T06:00:00Z")] {
        let blob = upload(&lena, message.as_bytes(), "message/rfc822").await;
        let import = json!({ "blobId": blob, "mailboxIds": { inbox(&lena).await: true } });
        let answer = lena.call("Email/import", json!({ "emails": { "a": import } })).await;
        let mail = lena.call("Email/get", json!({ "ids": [answer["created"]["a"]["id"]] })).await;
        assert_eq!(mail["list"][0]["receivedAt"], expected);
    }
}

#[tokio::test]
async fn rfc8621_4_8_what_cannot_be_imported_is_refused_by_its_property() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let blob = upload(&lena, MAIL.as_bytes(), "message/rfc822").await;
    let inbox = inbox(&lena).await;
    for (import, property) in [
        (json!({ "mailboxIds": { &inbox: true } }), "blobId"),
        (json!({ "blobId": "Bnothing", "mailboxIds": { &inbox: true } }), "blobId"),
        (json!({ "blobId": blob }), "mailboxIds"),
        (json!({ "blobId": blob, "mailboxIds": {} }), "mailboxIds"),
        (json!({ "blobId": blob, "mailboxIds": { "Mnobody": true } }), "mailboxIds"),
        (json!({ "blobId": blob, "mailboxIds": { &inbox: true }, "keywords": { "(": true } }), "keywords"),
        (json!({ "blobId": blob, "mailboxIds": { &inbox: true }, "receivedAt": 7 }), "receivedAt"),
    ] {
        let answer = lena.call("Email/import", json!({ "emails": { "a": import } })).await;
        let refused = &answer["notCreated"]["a"];
        assert_eq!(
            [&refused["type"], &refused["properties"]],
            [&json!("invalidProperties"), &json!([property])],
            "{import}"
        );
        assert_eq!(answer["oldState"], answer["newState"]);
    }
    let no_mail = upload(&lena, b"this is no mail", "text/plain").await;
    let import = json!({ "blobId": no_mail, "mailboxIds": { &inbox: true } });
    let answer = lena.call("Email/import", json!({ "emails": { "a": import } })).await;
    assert_eq!(answer["notCreated"]["a"]["type"], "invalidEmail");
    let stale = json!({ "ifInState": "x", "emails": {} });
    assert_eq!(lena.error("Email/import", stale).await, "stateMismatch");
}

#[tokio::test]
async fn rfc8621_4_7_mails_are_copied_and_their_originals_destroyed_where_asked() {
    let world = World::new().await;
    let school = TwoAccounts(Arc::new(world.embedded.clone()));
    let mut lena = Client::new(router_of(&world, Arc::new(school)));
    lena.log_in(LENA).await;
    let jonas = world.login(JONAS).await;
    let mail = lena.email("Projekt").await;
    let original = lena.call("Email/get", json!({ "ids": [mail["id"]] })).await["list"][0].clone();
    let box_id = inbox(&jonas).await;
    let arguments = json!({
        "fromAccountId": lena.account,
        "accountId": jonas.account,
        "create": {
            "a": { "id": mail["id"], "mailboxIds": { &box_id: true }, "keywords": { "$seen": true } },
            "b": { "id": "Enobody", "mailboxIds": { &box_id: true } },
            "c": { "id": mail["id"], "mailboxIds": { "Mnobody": true } },
            "d": { "id": mail["id"], "mailboxIds": { &box_id: true }, "subject": "Anders" },
        },
        "onSuccessDestroyOriginal": true,
    });
    let request = json!({
        "using": tornister_protocol::capability::APP,
        "methodCalls": [["Email/copy", arguments, "c"]],
        "createdIds": {},
    });
    let answer = lena.post("/jmap/api", &request).await.json();
    let answers = answer["methodResponses"].as_array().unwrap();
    // The implicit Email/set follows under the same call id (RFC 8620 §5.4).
    assert_eq!([&answers[1][0], &answers[1][2]], ["Email/set", "c"]);
    assert_eq!(answers[1][1]["destroyed"], json!([mail["id"]]));
    let copied = &answers[0][1];
    // Those that follow may name the copy (RFC 8620 §3.3).
    assert_eq!(answer["createdIds"], json!({ "a": copied["created"]["a"]["id"] }));
    assert_eq!(copied["notCreated"]["b"]["type"], "notFound");
    assert_eq!(copied["notCreated"]["c"]["type"], "invalidProperties");
    assert_eq!(copied["notCreated"]["d"]["properties"], json!(["subject"]));
    let copy =
        jonas.call("Email/get", json!({ "ids": [copied["created"]["a"]["id"]] })).await["list"][0].clone();
    for property in ["subject", "blobId", "receivedAt", "size"] {
        assert_eq!(copy[property], original[property], "{property}");
    }
    assert_eq!(copy["keywords"], json!({ "$seen": true }));

    let same = json!({ "fromAccountId": lena.account, "accountId": lena.account, "create": {} });
    assert_eq!(lena.error("Email/copy", same).await, "invalidArguments");
    let nobody = json!({ "fromAccountId": "nobody", "create": {} });
    assert_eq!(lena.error("Email/copy", nobody).await, "fromAccountNotFound");
    let stale = json!({ "fromAccountId": lena.account, "accountId": jonas.account, "ifFromInState": "x", "create": {} });
    assert_eq!(lena.error("Email/copy", stale).await, "stateMismatch");
    // The copy is made; its original stays where it has changed meanwhile.
    let mail = lena.email("Wandertag").await;
    let arguments = json!({
        "fromAccountId": lena.account,
        "accountId": jonas.account,
        "create": { "a": { "id": mail["id"], "mailboxIds": { &box_id: true } } },
        "onSuccessDestroyOriginal": true,
        "destroyFromIfInState": "x",
    });
    let request = json!({
        "using": tornister_protocol::capability::APP,
        "methodCalls": [["Email/copy", arguments, "c"]],
    });
    let answer = lena.post("/jmap/api", &request).await.json();
    assert!(answer["methodResponses"][0][1]["created"]["a"]["id"].is_string(), "{answer}");
    assert_eq!(answer["methodResponses"][1], json!(["error", { "type": "stateMismatch" }, "c"]));
    assert_eq!(lena.email("Wandertag").await["id"], mail["id"]);
}

#[tokio::test]
async fn rfc8621_4_9_blobs_are_parsed_without_being_stored() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let state = lena.state("Email").await;
    let blob = upload(&lena, MAIL.as_bytes(), "message/rfc822").await;
    let no_mail = upload(&lena, b"this is no mail", "text/plain").await;
    let answer = lena.call("Email/parse", json!({ "blobIds": [blob, no_mail, "Bnothing"] })).await;
    assert_eq!([&answer["notParsable"], &answer["notFound"]], [&json!([no_mail]), &json!(["Bnothing"])]);
    let mail = &answer["parsed"][&blob];
    let mut expected = [
        "messageId",
        "inReplyTo",
        "references",
        "sender",
        "from",
        "to",
        "cc",
        "bcc",
        "replyTo",
        "subject",
        "sentAt",
        "hasAttachment",
        "preview",
        "bodyValues",
        "textBody",
        "htmlBody",
        "attachments",
    ];
    expected.sort_unstable();
    let mut names: Vec<&String> = mail.as_object().unwrap().keys().collect();
    names.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!([&mail["subject"], &mail["preview"]], ["Importiert", "Inhalt"]);

    let properties =
        json!(["id", "blobId", "threadId", "mailboxIds", "keywords", "receivedAt", "size", "bodyValues"]);
    let arguments = json!({ "blobIds": [blob], "properties": properties, "fetchTextBodyValues": true });
    let mail = lena.call("Email/parse", arguments).await["parsed"][&blob].clone();
    for metadata in ["id", "threadId", "mailboxIds", "keywords", "receivedAt"] {
        assert_eq!(mail.get(metadata), Some(&Value::Null), "{metadata}");
    }
    assert_eq!([&mail["blobId"], &mail["size"]], [&json!(blob), &json!(MAIL.len())]);
    assert_eq!(mail["bodyValues"]["1"]["value"], "Inhalt\n");
    assert_eq!(lena.state("Email").await, state);
}

#[tokio::test]
async fn rfc8621_4_9_an_attached_message_is_parsed_by_its_part_s_blob() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let outer = format!(
        "Subject: Aussen\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\n\r\nsiehe\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{MAIL}\r\n--b--\r\n"
    );
    let blob = upload(&lena, outer.as_bytes(), "message/rfc822").await;
    let answer = lena.call("Email/parse", json!({ "blobIds": [blob], "properties": ["attachments"] })).await;
    let inner = answer["parsed"][&blob]["attachments"][0]["blobId"].as_str().unwrap().to_owned();
    let answer = lena.call("Email/parse", json!({ "blobIds": [inner], "properties": ["subject"] })).await;
    assert_eq!(answer["parsed"][&inner], json!({ "subject": "Importiert" }));
    // What lies in it has bytes of its own.
    let parts = json!({ "blobIds": [inner], "properties": ["textBody"] });
    let answer = lena.call("Email/parse", parts).await;
    let text = answer["parsed"][&inner]["textBody"][0]["blobId"].as_str().unwrap().to_owned();
    let bytes = lena.get(&format!("/jmap/download/{}/{text}/x", lena.account)).await;
    assert_eq!((bytes.status, String::from_utf8_lossy(&bytes.body).trim()), (StatusCode::OK, "Inhalt"));
}
