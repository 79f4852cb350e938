//! §4.3: what holds some bytes.

use serde_json::json;
use tornister_protocol::capability;

use crate::common::{JONAS, LENA, World};

#[tokio::test]
async fn rfc9404_4_3_a_mail_its_thread_and_its_mailboxes_hold_its_bytes() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = lena.email("Wandertag").await;
    let arguments =
        json!({ "typeNames": ["Mailbox", "Thread", "Email"], "ids": [mail["blobId"], "Bnone", "no id"] });
    let answer = lena.call("Blob/lookup", arguments).await;
    let mailboxes: Vec<&String> = mail["mailboxIds"].as_object().unwrap().keys().collect();
    let expected = json!([
        {
            "id": mail["blobId"],
            "matchedIds": { "Email": [mail["id"]], "Thread": [mail["threadId"]], "Mailbox": mailboxes },
        },
        { "id": "Bnone", "matchedIds": { "Email": [], "Thread": [], "Mailbox": [] } },
    ]);
    assert_eq!([&answer["list"], &answer["notFound"]], [&expected, &json!(["no id"])]);
}

#[tokio::test]
async fn rfc9404_4_3_whether_another_has_a_blob_is_not_told() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let mail = lena.email("Wandertag").await;
    let answer = jonas.call("Blob/lookup", json!({ "typeNames": ["Email"], "ids": [mail["blobId"]] })).await;
    assert_eq!(answer["list"], json!([{ "id": mail["blobId"], "matchedIds": { "Email": [] } }]));
    let unknown = json!({ "typeNames": ["Email", "Task"], "ids": [] });
    assert_eq!(lena.error("Blob/lookup", unknown).await, "unknownDataType");
    // A type of a capability that the request does not use.
    let lookup =
        json!(["Blob/lookup", { "accountId": lena.account, "typeNames": ["Email"], "ids": [] }, "a"]);
    let body = json!({ "using": [capability::CORE, "urn:ietf:params:jmap:blob"], "methodCalls": [lookup] });
    let answer = lena.post("/jmap/api", &body).await.json();
    assert_eq!(answer["methodResponses"][0][1]["type"], "unknownDataType");
}
