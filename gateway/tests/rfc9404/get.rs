//! §4.2: bytes inside an answer.

use serde_json::{Value, json};

use crate::common::{Client, JONAS, LENA, World};

async fn blob(client: &Client, base64: &str) -> String {
    let create = json!({ "b": { "data": [{ "data:asBase64": base64 }] } });
    let answer = client.call("Blob/upload", json!({ "create": create })).await;
    answer["created"]["b"]["id"].as_str().unwrap().to_owned()
}

async fn get(client: &Client, id: &str, arguments: Value) -> Value {
    let mut arguments = arguments;
    arguments["ids"] = json!([id]);
    client.call("Blob/get", arguments).await["list"][0].clone()
}

/// "The quick brown fox jumped over the lazy dog."
const FOX: &str = "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wZWQgb3ZlciB0aGUgbGF6eSBkb2cu";

#[tokio::test]
async fn rfc9404_4_2_text_size_and_digest_of_a_blob_or_a_part() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = blob(&lena, FOX).await;
    let whole = get(&lena, &id, json!({})).await;
    let text = "The quick brown fox jumped over the lazy dog.";
    assert_eq!(whole, json!({ "id": id, "data:asText": text, "size": 45 }));
    let properties = json!(["data:asText", "data:asBase64", "digest:sha-256", "size"]);
    let part = get(&lena, &id, json!({ "properties": properties, "offset": 4, "length": 9 })).await;
    let expected = json!({
        "id": id,
        "data:asText": "quick bro",
        "data:asBase64": "cXVpY2sgYnJv",
        "digest:sha-256": "gdg9INW7lwHK6OQ9u0dwDz2ZY/gubi0En0xlFpKt0OA=",
        "size": 45,
    });
    assert_eq!(part, expected);
    let digest = get(&lena, &id, json!({ "properties": ["digest:sha-512"] })).await;
    assert_eq!(digest["digest:sha-512"].as_str().unwrap().len(), 88);
    assert_eq!(get(&lena, &id, json!({ "properties": [] })).await, json!({ "id": id }));
}

#[tokio::test]
async fn rfc9404_4_2_what_is_no_text_and_what_is_too_short_is_said() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    // "a", then a byte that UTF-8 never has.
    let id = blob(&lena, "Yf8=").await;
    for (arguments, expected) in [
        (json!({}), json!({ "id": id, "data:asBase64": "Yf8=", "isEncodingProblem": true, "size": 2 })),
        (
            json!({ "properties": ["data:asText"] }),
            json!({ "id": id, "data:asText": null, "isEncodingProblem": true }),
        ),
        (json!({ "properties": ["data:asBase64"] }), json!({ "id": id, "data:asBase64": "Yf8=" })),
        (json!({ "properties": ["data"], "length": 1 }), json!({ "id": id, "data:asText": "a" })),
        (
            json!({ "properties": ["data:asBase64"], "offset": 1, "length": 5 }),
            json!({ "id": id, "data:asBase64": "/w==", "isTruncated": true }),
        ),
        (
            json!({ "properties": ["data"], "offset": 9 }),
            json!({ "id": id, "data:asText": "", "isTruncated": true }),
        ),
        (json!({ "properties": ["data"], "offset": 2 }), json!({ "id": id, "data:asText": "" })),
    ] {
        assert_eq!(get(&lena, &id, arguments.clone()).await, expected, "{arguments}");
    }
}

#[tokio::test]
async fn rfc9404_4_2_only_one_s_own_blobs_and_known_properties() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let id = blob(&lena, FOX).await;
    let foreign = jonas.call("Blob/get", json!({ "ids": [id, "no id", "Bnone"] })).await;
    assert_eq!([&foreign["list"], &foreign["notFound"]], [&json!([]), &json!([id, "no id", "Bnone"])]);
    for arguments in [
        json!({ "ids": [id], "properties": ["digest:md5"] }),
        json!({ "ids": [id], "properties": ["name"] }),
        json!({ "ids": [id], "offset": -1 }),
        json!({ "ids": null }),
    ] {
        assert_eq!(lena.error("Blob/get", arguments.clone()).await, "invalidArguments", "{arguments}");
    }
    // A mail's own bytes are a blob, too.
    let mail = lena.email("Wandertag").await;
    let raw =
        get(&lena, mail["blobId"].as_str().unwrap(), json!({ "length": 5, "properties": ["data"] })).await;
    assert_eq!(raw["data:asText"].as_str().unwrap().len(), 5);
}
