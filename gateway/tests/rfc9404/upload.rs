//! §4.1: bytes come inside a request.

use serde_json::{Value, json};
use tornister::session::token::TokenAccess;

use crate::common::{Client, LENA, World};

/// Uploads one blob; answers what became of it.
async fn upload(client: &Client, pieces: Value) -> Result<Value, Value> {
    let answer = client.call("Blob/upload", json!({ "create": { "b": { "data": pieces } } })).await;
    match &answer["created"]["b"] {
        Value::Null => Err(answer["notCreated"]["b"].clone()),
        blob => Ok(blob.clone()),
    }
}

async fn text(client: &Client, id: &Value) -> Value {
    let answer = client.call("Blob/get", json!({ "ids": [id] })).await;
    answer["list"][0]["data:asText"].clone()
}

#[tokio::test]
async fn rfc9404_3_1_the_account_tells_its_limits() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let session = lena.get("/.well-known/jmap").await.json();
    let name = "urn:ietf:params:jmap:blob";
    assert_eq!(session["capabilities"][name], json!({}));
    let own = &session["accounts"][&lena.account]["accountCapabilities"][name];
    assert!(own["maxDataSources"].as_u64().unwrap() >= 64);
    assert!(own["maxSizeBlobSet"].is_u64(), "{own}");
    assert_eq!(own["supportedTypeNames"], json!(["Email", "Thread", "Mailbox"]));
    assert_eq!(own["supportedDigestAlgorithms"], json!(["sha-256", "sha-512"]));
}

#[tokio::test]
async fn rfc9404_4_1_a_blob_is_made_of_texts_base64_and_other_blobs_in_their_order() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let first = upload(&lena, json!([{ "data:asText": "The quick brown fox" }])).await.unwrap();
    assert_eq!([&first["size"], &first["type"]], [&json!(19), &json!("application/octet-stream")]);
    let whole = upload(
        &lena,
        json!([
            { "data:asText": "How" },
            { "blobId": first["id"], "offset": 3, "length": 7 },
            { "data:asText": "was t" },
            { "blobId": first["id"], "offset": 1, "length": 1 },
            { "data:asBase64": "YXQ/" },
            { "blobId": first["id"], "offset": 19 },
        ]),
    );
    let whole = whole.await.unwrap();
    assert_eq!(text(&lena, &whole["id"]).await, "How quick was that?");
    let empty = upload(&lena, json!([])).await.unwrap();
    assert_eq!(empty["size"], 0);
    // It can be downloaded and used like any other.
    let path = format!("/jmap/download/{}/{}/x.txt", lena.account, whole["id"].as_str().unwrap());
    assert_eq!(lena.get(&path).await.body, b"How quick was that?");
}

#[tokio::test]
async fn rfc9404_4_1_2_blobs_of_one_request_are_made_of_each_other() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let create = json!({
        "a": { "data": [{ "blobId": "#b" }, { "data:asText": "!" }], "type": "text/plain" },
        "b": { "data": [{ "data:asText": "Hallo" }] },
        "x": { "data": [{ "blobId": "#y" }] },
        "y": { "data": [{ "blobId": "#x" }] },
    });
    let answers = lena
        .calls(&[
            ("Blob/upload", json!({ "create": create })),
            (
                "Blob/upload",
                json!({ "create": { "c": { "data": [{ "blobId": "#a" }, { "blobId": "#b" }] } } }),
            ),
        ])
        .await;
    assert_eq!(answers[0].1["created"]["a"]["type"], "text/plain");
    for key in ["x", "y"] {
        assert_eq!(answers[0].1["notCreated"][key]["type"], "invalidProperties");
    }
    assert_eq!(text(&lena, &answers[1].1["created"]["c"]["id"]).await, "Hallo!Hallo");
}

#[tokio::test]
async fn rfc9404_4_1_1_what_is_no_data_source_is_refused_and_nothing_is_guessed() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let blob = upload(&lena, json!([{ "data:asText": "0123" }])).await.unwrap()["id"].clone();
    for (pieces, kind) in [
        (json!([{}]), "invalidProperties"),
        (json!([{ "data:asText": "a", "data:asBase64": "YQ==" }]), "invalidProperties"),
        (json!([{ "data:asText": "a", "blobId": blob }]), "invalidProperties"),
        (json!([{ "data:asBase64": "Y Q==" }]), "invalidProperties"),
        (json!([{ "data:asBase64": "YQ=" }]), "invalidProperties"),
        (json!([{ "data:asText": 7 }]), "invalidProperties"),
        (json!([{ "data:asHex": "00" }]), "invalidProperties"),
        (json!([{ "blobId": blob, "offset": -1 }]), "invalidProperties"),
        (json!([{ "blobId": blob, "offset": 5 }]), "invalidProperties"),
        (json!([{ "blobId": blob, "offset": 2, "length": 3 }]), "invalidProperties"),
        (json!([{ "data:asText": "a", "length": 1 }]), "invalidProperties"),
        (json!("a"), "invalidProperties"),
        (json!([{ "blobId": "Bnone" }]), "blobNotFound"),
        (json!([{ "blobId": "#none" }]), "blobNotFound"),
        (vec![json!({ "data:asText": "a" }); 65].into(), "invalidProperties"),
    ] {
        let refusal = upload(&lena, pieces.clone()).await.unwrap_err();
        assert_eq!(refusal["type"], kind, "{pieces}");
    }
    let program = world.program(LENA.0, TokenAccess::ReadOnly).await;
    assert_eq!(program.error("Blob/upload", json!({ "create": {} })).await, "accountReadOnly");
}

#[tokio::test]
async fn rfc9404_4_1_a_new_blob_is_known_to_the_methods_that_follow() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let inbox = lena.mailbox("Inbox").await["id"].as_str().unwrap().to_owned();
    let mail = "Subject: Katze\r\n\r\nMiau";
    let create = json!({ "cat": { "data": [{ "data:asText": mail }] } });
    let draft = json!({
        "mailboxIds": { inbox: true },
        "attachments": [{ "blobId": "#cat", "type": "message/rfc822" }],
    });
    let parts = json!({
        "mailboxIds": draft["mailboxIds"],
        "bodyStructure": { "type": "multipart/mixed", "subParts": [{ "blobId": "#cat", "type": "text/plain" }] },
    });
    let answers = lena
        .calls(&[
            ("Blob/upload", json!({ "create": create })),
            ("Blob/get", json!({ "ids": ["#cat"] })),
            ("Blob/lookup", json!({ "typeNames": ["Email"], "ids": ["#cat"] })),
            ("Email/parse", json!({ "blobIds": ["#cat"], "properties": ["subject"] })),
            ("Email/set", json!({ "create": { "list": draft, "tree": parts } })),
            ("Blob/get", json!({ "ids": ["#dog"] })),
        ])
        .await;
    let id = answers[0].1["created"]["cat"]["id"].clone();
    assert_eq!(answers[1].1["list"], json!([{ "id": id, "data:asText": mail, "size": 22 }]));
    assert_eq!(answers[2].1["list"][0]["id"], id);
    assert_eq!(answers[3].1["parsed"][id.as_str().unwrap()]["subject"], "Katze");
    assert!(answers[4].1["notCreated"].is_null(), "{}", answers[4].1);
    assert_eq!(answers[5].1["notFound"], json!(["#dog"]));
}
