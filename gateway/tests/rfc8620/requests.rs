//! §3: requests, and errors of requests and methods.

use std::convert::Infallible;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tornister_protocol::capability;

use crate::common::{Client, LENA, World};

async fn problem(lena: &Client, body: &str, media_type: &str) -> (StatusCode, Value) {
    let request = Request::post("/jmap/api").header(header::CONTENT_TYPE, media_type);
    let answer = lena.send(request, body.to_owned()).await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status.as_u16());
    (answer.status, problem)
}

fn kind(problem: &Value) -> &str {
    problem["type"].as_str().unwrap().strip_prefix("urn:ietf:params:jmap:error:").unwrap()
}

#[tokio::test]
async fn rfc8620_3_6_1_what_is_no_json_is_not_json() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let valid = json!({ "using": [], "methodCalls": [] }).to_string();
    for (body, media_type) in
        [("this is not json", "application/json"), ("{", "application/json"), (valid.as_str(), "text/plain")]
    {
        let (status, problem) = problem(&lena, body, media_type).await;
        assert_eq!((status, kind(&problem)), (StatusCode::BAD_REQUEST, "notJSON"), "{body}");
    }
    // I-JSON (RFC 7493 §2.3) forbids two members of one name.
    let twice = r#"{"using":[],"using":[],"methodCalls":[]}"#;
    assert_eq!(kind(&problem(&lena, twice, "application/json").await.1), "notJSON");
}

#[tokio::test]
async fn rfc8620_3_6_1_json_of_another_shape_is_not_request() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for body in [
        json!({ "foo": "bar" }),
        json!([]),
        json!({ "using": [capability::CORE], "methodCalls": "none" }),
        json!({ "using": [capability::CORE], "methodCalls": [["Core/echo", {}, 1]] }),
        json!({ "using": [capability::CORE], "methodCalls": [{}] }),
        json!({ "using": "x", "methodCalls": [] }),
    ] {
        let (status, problem) = problem(&lena, &body.to_string(), "application/json").await;
        assert_eq!((status, kind(&problem)), (StatusCode::BAD_REQUEST, "notRequest"), "{body}");
    }
}

#[tokio::test]
async fn rfc8620_3_6_1_an_unknown_capability_refuses_the_whole_request() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let body = json!({ "using": [capability::CORE, "urn:x"], "methodCalls": [["Core/echo", {}, "c"]] });
    let (status, problem) = problem(&lena, &body.to_string(), "application/json").await;
    assert_eq!((status, kind(&problem)), (StatusCode::BAD_REQUEST, "unknownCapability"));
}

#[tokio::test]
async fn rfc8620_3_6_1_a_limit_names_itself() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calls: Vec<Value> = (0..65).map(|call| json!(["Core/echo", {}, call.to_string()])).collect();
    let many = json!({ "using": [capability::CORE], "methodCalls": calls }).to_string();
    let large = " ".repeat(10_000_001);
    for (body, limit) in [(many, "maxCallsInRequest"), (large, "maxSizeRequest")] {
        let (_, problem) = problem(&lena, &body, "application/json").await;
        assert_eq!((kind(&problem), &problem["limit"]), ("limit", &json!(limit)));
    }
}

#[tokio::test]
async fn rfc8620_2_too_many_at_once_are_told_so() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for (path, at_once, limit) in [
        ("/jmap/api".to_owned(), 8, "maxConcurrentRequests"),
        (format!("/jmap/upload/{}", lena.account), 4, "maxConcurrentUpload"),
    ] {
        let mut slow = JoinSet::new();
        for _ in 0..=at_once {
            let (lena, path) = (lena.clone(), path.clone());
            slow.spawn(async move {
                let never = stream::pending::<Result<Vec<u8>, Infallible>>();
                let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
                lena.send(request, Body::from_stream(never)).await
            });
        }
        // All others are still being listened to.
        let answer = slow.join_next().await.unwrap().unwrap();
        assert_eq!((answer.status, &answer.json()["limit"]), (StatusCode::TOO_MANY_REQUESTS, &json!(limit)));
    }
}

#[tokio::test]
async fn rfc8620_3_6_2_each_method_error_comes_in_its_place_and_stops_nothing() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let answers = lena
        .calls(&[
            ("Fake/get", json!({})),
            ("Email/get", json!({ "accountId": "nobody" })),
            ("Email/get", json!({ "ids": "all" })),
            ("Email/get", json!({ "ids": [1] })),
            ("Email/get", json!({ "properties": ["colour"] })),
            ("Email/set", json!({ "ifInState": "never", "update": {} })),
            ("Email/changes", json!({ "sinceState": "never" })),
            ("Core/echo", json!({ "last": true })),
        ])
        .await;
    let kinds: Vec<&str> = answers.iter().map(|(_, answer)| answer["type"].as_str().unwrap_or("-")).collect();
    let expected = [
        "unknownMethod",
        "accountNotFound",
        "invalidArguments",
        "invalidArguments",
        "invalidArguments",
        "stateMismatch",
        "cannotCalculateChanges",
        "-",
    ];
    assert_eq!(kinds, expected);
    assert!(answers.iter().take(7).all(|(name, _)| name == "error"));
}

#[tokio::test]
async fn rfc8620_3_6_2_a_required_argument_that_is_missing_is_invalid() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let request = json!({ "using": capability::APP, "methodCalls": [["Mailbox/get", {}, "c"]] });
    let answer = lena.post("/jmap/api", &request).await.json();
    assert_eq!(answer["methodResponses"][0][1]["type"], "invalidArguments");
    assert_eq!(lena.error("Email/changes", json!({})).await, "invalidArguments");
}

#[tokio::test]
async fn rfc8620_3_3_a_method_needs_its_capability_in_using() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for using in [json!([]), json!([capability::MAIL])] {
        let request = json!({ "using": using, "methodCalls": [["Core/echo", {}, "c"]] });
        let answer = lena.post("/jmap/api", &request).await.json();
        assert_eq!(answer["methodResponses"], json!([["error", { "type": "unknownMethod" }, "c"]]));
    }
}

#[tokio::test]
async fn rfc8620_4_core_echo_answers_its_arguments() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let arguments = json!({ "accountId": "x", "hello": true, "deep": { "list": [1, null, "ä"] } });
    assert_eq!(lena.call("Core/echo", arguments.clone()).await, arguments);
}

#[tokio::test]
async fn rfc8620_3_6_1_lists_are_no_objects() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for body in [
        r#"[["urn:ietf:params:jmap:core"],[["Core/echo",{},"a"]]]"#,
        r#"{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",[],"a"]]}"#,
        r#"{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",null,"a"]]}"#,
    ] {
        let (status, problem) = problem(&lena, body, "application/json").await;
        assert_eq!((status, kind(&problem)), (StatusCode::BAD_REQUEST, "notRequest"), "{body}");
    }
    let reference = json!({ "#x": ["a", "Core/echo", "/y"] });
    assert_eq!(lena.error("Core/echo", reference).await, "invalidArguments");
    assert_eq!(lena.error("Email/query", json!({ "sort": [["receivedAt"]] })).await, "invalidArguments");
    assert_eq!(lena.error("Email/query", json!({ "filter": [] })).await, "invalidArguments");
    assert_eq!(lena.error("Email/query", json!({ "filter": ["Mx"] })).await, "invalidArguments");
}

#[tokio::test]
async fn rfc7493_2_1_a_noncharacter_is_no_i_json() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for text in [r#""\uffff""#, r#""\ufdd0""#, r#""\ud83f\udffe""#] {
        let body = format!(
            r#"{{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{{"x":{text}}},"a"]]}}"#
        );
        let (status, problem) = problem(&lena, &body, "application/json").await;
        assert_eq!((status, kind(&problem)), (StatusCode::BAD_REQUEST, "notJSON"), "{text}");
    }
}
