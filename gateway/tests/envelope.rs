//! Requests, good and bad (RFC 8620 §3).

use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tornister_protocol::capability;

use crate::common::{JONAS, LENA, World};

#[tokio::test]
async fn calls_are_answered_in_order_and_an_error_stops_only_its_own() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let request = json!({
        "using": [capability::CORE, capability::MAIL],
        "methodCalls": [
            ["Core/echo", { "hello": true }, "a"],
            ["Email/fetch", {}, "b"],
            ["Task/get", { "accountId": lena.account }, "c"],
            ["Mailbox/get", { "accountId": "nobody" }, "d"],
            ["Mailbox/get", { "accountId": lena.account, "ids": "all" }, "e"],
            ["Mailbox/get", { "accountId": lena.account, "properties": ["colour"] }, "g"],
            ["Core/echo", { "#x": { "resultOf": "a", "name": "Core/echo", "path": "/hello" } }, "a"],
        ],
        "createdIds": { "k": "v" },
    });
    let answer = lena.post("/jmap/api", &request).await.json();
    let seen: Vec<(&Value, &Value, &Value)> = answer["methodResponses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| (&call[2], &call[0], &call[1]["type"]))
        .collect();
    let expected = [
        ("a", "Core/echo", Value::Null),
        ("b", "error", json!("unknownMethod")),
        ("c", "error", json!("unknownMethod")),
        ("d", "error", json!("accountNotFound")),
        ("e", "error", json!("invalidArguments")),
        ("g", "error", json!("invalidArguments")),
        ("a", "Core/echo", Value::Null),
    ];
    for (seen, expected) in seen.iter().zip(&expected) {
        assert_eq!((seen.0, seen.1, seen.2), (&json!(expected.0), &json!(expected.1), &expected.2));
    }
    assert_eq!(answer["methodResponses"][6][1], json!({ "x": true }));
    assert_eq!(answer["createdIds"], json!({ "k": "v" }));
    assert_eq!(answer["sessionState"], lena.get("/.well-known/jmap").await.json()["state"]);
}

#[tokio::test]
async fn what_is_no_request_is_a_problem() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let many: Vec<Value> = (0..65).map(|call| json!(["Core/echo", {}, call.to_string()])).collect();
    let cases = [
        ("{".to_owned(), "notJSON", 400, None),
        ("[]".to_owned(), "notRequest", 400, None),
        (json!({ "using": [] }).to_string(), "notRequest", 400, None),
        (json!({ "using": [], "methodCalls": [["Core/echo", {}]] }).to_string(), "notRequest", 400, None),
        (
            json!({ "using": [], "methodCalls": [["Core/echo", {}, "a", 1]] }).to_string(),
            "notRequest",
            400,
            None,
        ),
        (json!({ "using": ["urn:x"], "methodCalls": [] }).to_string(), "unknownCapability", 400, None),
        (json!({ "using": [], "methodCalls": many }).to_string(), "limit", 400, Some("maxCallsInRequest")),
        (" ".repeat(10_000_001), "limit", 413, Some("maxSizeRequest")),
    ];
    for (body, kind, status, limit) in cases {
        let request =
            Request::post("/jmap/api").header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        let start: String = body.chars().take(80).collect();
        let answer = lena.send(request, body).await;
        assert_eq!(answer.status.as_u16(), status, "{start}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["type"], format!("urn:ietf:params:jmap:error:{kind}"), "{start}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem.get("limit"), limit.map(Value::from).as_ref());
    }
}

#[tokio::test]
async fn nobody_reads_another_s_account() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    assert_ne!(lena.account, jonas.account);
    let error = lena.error("Email/get", json!({ "accountId": jonas.account, "ids": null })).await;
    assert_eq!(error, "accountNotFound");
    let mail = jonas.email("Willkommen").await;
    let found = lena.call("Email/get", json!({ "ids": [mail["id"]] })).await;
    assert_eq!(found["notFound"], json!([mail["id"]]));
    let blob = mail["blobId"].as_str().unwrap();
    for account in [&lena.account, &jonas.account] {
        let answer = lena.get(&format!("/jmap/download/{account}/{blob}/mail.eml?type=text/plain")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(world.browser().post("/jmap/api", &json!({})).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn too_many_objects_are_refused() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let ids: Vec<String> = (0..501).map(|id| format!("E{id}")).collect();
    assert_eq!(lena.error("Email/get", json!({ "ids": ids })).await, "requestTooLarge");
    let update: serde_json::Map<String, Value> = ids.iter().map(|id| (id.clone(), json!({}))).collect();
    assert_eq!(lena.error("Email/set", json!({ "update": update })).await, "requestTooLarge");
    let found = lena.call("Email/get", json!({ "ids": ids[..500] })).await;
    assert_eq!(found["notFound"].as_array().unwrap().len(), 500);
}

#[tokio::test]
async fn an_empty_delta_of_all_types_is_one_short_answer() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let kinds =
        ["Mailbox", "Thread", "Email", "Calendar", "CalendarEvent", "TaskList", "Task", "Lesson", "DayNote"];
    let mut calls = Vec::new();
    for (index, kind) in kinds.iter().enumerate() {
        let state = lena.state(kind).await;
        let arguments = json!({ "accountId": lena.account, "sinceState": state });
        calls.push(json!([format!("{kind}/changes"), arguments, index.to_string()]));
    }
    let body = json!({ "using": capability::APP, "methodCalls": calls }).to_string();
    let request = Request::post("/jmap/api")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT_ENCODING, "br, gzip");
    let answer = lena.send(request, body).await;
    assert_eq!(answer.header("content-encoding"), "br");
    let headers: usize =
        answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let status_date_and_length = 100;
    let bytes = answer.body.len() + headers + status_date_and_length;
    assert!(bytes < 1000, "{bytes} bytes: {answer:?}");
}
