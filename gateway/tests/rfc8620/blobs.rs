//! §6: bytes.

use std::sync::Arc;

use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::common::{Client, JONAS, LENA, TwoAccounts, World, router_of};

async fn upload(client: &Client, account: &str, bytes: &[u8], media_type: &str) -> (StatusCode, Value) {
    let request = Request::post(format!("/jmap/upload/{account}")).header(header::CONTENT_TYPE, media_type);
    let answer = client.send(request, bytes.to_vec()).await;
    let body = if answer.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&answer.body).unwrap_or_default()
    };
    (answer.status, body)
}

#[tokio::test]
async fn rfc8620_6_1_an_upload_tells_id_type_and_size_and_comes_back() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let bytes = [0, 1, 2, 255, 254, 10, 13];
    let (status, answer) = upload(&lena, &lena.account, &bytes, "text/html").await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!([&answer["accountId"], &answer["type"]], [&json!(lena.account), &json!("text/html")]);
    assert_eq!(answer["size"], 7);
    let id = answer["blobId"].as_str().unwrap();
    assert!(id.len() <= 255 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    let path = format!("/jmap/download/{}/{id}/x.bin?type=application/octet-stream", lena.account);
    let download = lena.get(&path).await;
    assert_eq!((download.status, download.body.as_slice()), (StatusCode::OK, bytes.as_slice()));
    assert!(download.header("content-type").starts_with("application/octet-stream"));
}

#[tokio::test]
async fn rfc8620_6_1_an_upload_is_its_account_s_own_and_lives_for_an_hour() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let (_, answer) = upload(&lena, &lena.account, b"Zettel", "text/plain").await;
    let path = |account: &str| format!("/jmap/download/{account}/{}/z", answer["blobId"].as_str().unwrap());
    assert_eq!(jonas.get(&path(&jonas.account)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(jonas.get(&path(&lena.account)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(upload(&jonas, &lena.account, b"x", "text/plain").await.0, StatusCode::NOT_FOUND);
    world.clock.advance(3600);
    world.embedded.compact().await.unwrap();
    assert_eq!(lena.get(&path(&lena.account)).await.status, StatusCode::OK);
    world.clock.advance(2 * 86_400);
    world.embedded.compact().await.unwrap();
    assert_eq!(lena.get(&path(&lena.account)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rfc8620_6_the_oldest_uploads_make_way_for_new_ones() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let film = async |byte: u8| {
        let (status, answer) = upload(&lena, &lena.account, &vec![byte; 40_000_000], "video/mp4").await;
        assert_eq!(status, StatusCode::CREATED);
        format!("/jmap/download/{}/{}/film", lena.account, answer["blobId"].as_str().unwrap())
    };
    let [first, second] = [film(1).await, film(2).await];
    // Uploaded again, so no longer the oldest.
    film(1).await;
    let third = film(3).await;
    for (path, status) in [(first, StatusCode::OK), (second, StatusCode::NOT_FOUND), (third, StatusCode::OK)]
    {
        assert_eq!(lena.get(&path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn rfc8620_6_uploads_take_no_room_from_mail() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let before = lena.state("Quota").await;
    upload(&lena, &lena.account, &[7; 1_000_000], "video/mp4").await;
    assert_eq!(lena.state("Quota").await, before);
}

#[tokio::test]
async fn rfc8620_6_1_too_large_an_upload_is_refused_by_name() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let request = Request::post(format!("/jmap/upload/{}", lena.account));
    let answer = lena.send(request, vec![0; 50_000_001]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["limit"], "maxSizeUpload");
}

#[tokio::test]
async fn rfc8620_6_2_a_blob_that_is_not_there_is_not_found() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let answer = lena.get(&format!("/jmap/download/{}/nothing/x.bin?type=text/plain", lena.account)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rfc8620_6_3_blobs_are_copied_between_accounts() {
    let world = World::new().await;
    let school = TwoAccounts(Arc::new(world.embedded.clone()));
    let mut lena = Client::new(router_of(&world, Arc::new(school)));
    lena.log_in(LENA).await;
    let jonas = world.login(JONAS).await;
    let (_, answer) = upload(&lena, &lena.account, b"Zettel", "text/plain").await;
    let id = answer["blobId"].as_str().unwrap();
    let copied = lena
        .call(
            "Blob/copy",
            json!({ "fromAccountId": lena.account, "accountId": jonas.account, "blobIds": [id, "nothing"] }),
        )
        .await;
    assert_eq!(
        [&copied["fromAccountId"], &copied["accountId"]],
        [&json!(lena.account), &json!(jonas.account)]
    );
    assert_eq!(copied["notCopied"], json!({ "nothing": { "type": "notFound" } }));
    let copy = copied["copied"][id].as_str().unwrap();
    assert_eq!(jonas.get(&format!("/jmap/download/{}/{copy}/z", jonas.account)).await.body, b"Zettel");

    for (from, to, kind) in [
        (lena.account.as_str(), lena.account.as_str(), "invalidArguments"),
        ("nobody", lena.account.as_str(), "fromAccountNotFound"),
        (lena.account.as_str(), "nobody", "accountNotFound"),
    ] {
        let arguments = json!({ "fromAccountId": from, "accountId": to, "blobIds": [] });
        assert_eq!(lena.error("Blob/copy", arguments).await, kind);
    }
}
