//! §2: the Session.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tornister_protocol::capability;

use crate::common::{LENA, World};

#[tokio::test]
async fn rfc8620_2_the_session_has_every_property() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let session = lena.get("/.well-known/jmap").await.json();
    let core = &session["capabilities"][capability::CORE];
    for limit in [
        "maxSizeUpload",
        "maxConcurrentUpload",
        "maxSizeRequest",
        "maxConcurrentRequests",
        "maxCallsInRequest",
        "maxObjectsInGet",
        "maxObjectsInSet",
    ] {
        assert!(core[limit].as_u64().is_some_and(|limit| limit > 0), "{limit}: {core}");
    }
    assert_eq!(core["collationAlgorithms"], json!(["i;unicode-casemap"]));
    let account = &session["accounts"][&lena.account];
    assert_eq!([&account["isPersonal"], &account["isReadOnly"]], [true, false]);
    assert_eq!(account["name"], "Lena Sommer");
    for (name, id) in session["primaryAccounts"].as_object().unwrap() {
        assert_eq!(*id, json!(lena.account));
        assert!(account["accountCapabilities"].get(name).is_some(), "{name}");
    }
    // An account's capabilities are the server's, too.
    for name in account["accountCapabilities"].as_object().unwrap().keys() {
        assert!(session["capabilities"].get(name).is_some(), "{name}");
    }
    assert_eq!(session["username"], "lena.sommer");
    assert!(session["state"].as_str().is_some_and(|state| !state.is_empty()));
    assert_eq!(session["apiUrl"], "http://school.test/jmap/api");
}

#[tokio::test]
async fn rfc8620_2_the_urls_are_templates_with_all_variables() {
    let world = World::new().await;
    let session = world.login(LENA).await.get("/.well-known/jmap").await.json();
    for (url, variables) in [
        ("downloadUrl", ["{accountId}", "{blobId}", "{name}", "{type}"].as_slice()),
        ("uploadUrl", &["{accountId}"]),
        ("eventSourceUrl", &["{types}", "{closeafter}", "{ping}"]),
    ] {
        let template = session[url].as_str().unwrap();
        for variable in variables {
            assert!(template.contains(variable), "{url}: {template}");
        }
    }
}

#[tokio::test]
async fn rfc8620_2_a_session_answer_is_not_cached_and_needs_authentication() {
    let world = World::new().await;
    let answer = world.login(LENA).await.get("/.well-known/jmap").await;
    assert!(answer.header("cache-control").contains("no-store"));
    assert_eq!(world.browser().get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn rfc8620_3_4_a_response_has_the_session_s_state() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let request = json!({ "using": [capability::CORE], "methodCalls": [["Core/echo", {}, "c"]] });
    let answer = lena.post("/jmap/api", &request).await.json();
    assert_eq!(answer["sessionState"], lena.get("/.well-known/jmap").await.json()["state"]);
    assert_eq!(answer.get("createdIds"), None::<&Value>);
}
