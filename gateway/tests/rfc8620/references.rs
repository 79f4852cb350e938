//! §3.7: arguments from earlier answers.

use serde_json::{Value, json};

use crate::common::{LENA, World};

fn reference(result_of: &str, name: &str, path: &str) -> Value {
    json!({ "resultOf": result_of, "name": name, "path": path })
}

#[tokio::test]
async fn rfc8620_3_7_a_star_maps_a_list_and_a_path_finds_one_value() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let answers = lena
        .calls(&[
            ("Mailbox/get", json!({ "ids": null })),
            ("Mailbox/get", json!({ "#ids": reference("0", "Mailbox/get", "/list/*/id") })),
            ("Mailbox/changes", json!({ "#sinceState": reference("0", "Mailbox/get", "/state") })),
            ("Mailbox/get", json!({ "#ids": reference("2", "Mailbox/changes", "/updated") })),
        ])
        .await;
    assert_eq!(
        answers[1].1["list"].as_array().unwrap().len(),
        answers[0].1["list"].as_array().unwrap().len()
    );
    assert_eq!(answers[2].1["oldState"], answers[2].1["newState"]);
    assert_eq!(answers[3].1["list"], json!([]));
}

#[tokio::test]
async fn rfc8620_3_7_a_reference_that_leads_nowhere_is_refused() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for bad in [
        reference("nobody", "Mailbox/get", "/list"),
        reference("0", "Mailbox/query", "/list/*/id"),
        reference("0", "Mailbox/get", "/nothing"),
        reference("0", "Mailbox/get", "list"),
        reference("0", "Mailbox/get", "/list/99"),
        // Only answers before this call count.
        reference("1", "Mailbox/get", "/list/*/id"),
    ] {
        let answers = lena
            .calls(&[("Mailbox/get", json!({ "ids": null })), ("Mailbox/get", json!({ "#ids": bad }))])
            .await;
        assert_eq!(answers[1].1["type"], "invalidResultReference", "{bad}");
    }
}

#[tokio::test]
async fn rfc8620_3_7_a_plain_argument_beside_its_reference_is_invalid() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let both = json!({ "ids": [], "#ids": reference("0", "Mailbox/get", "/list/*/id") });
    let answers = lena.calls(&[("Mailbox/get", json!({ "ids": null })), ("Mailbox/get", both)]).await;
    assert_eq!(answers[1].1["type"], "invalidArguments");
}

#[tokio::test]
async fn rfc8620_3_7_answers_that_repeat_answers_do_not_grow_without_end() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    // Each answer has the one before it twice: after sixty of them no memory would hold the last.
    let mut calls = vec![("Core/echo", json!({ "text": "x".repeat(1000) }))];
    for number in 0..60 {
        let before = reference(&number.to_string(), "Core/echo", "");
        calls.push(("Core/echo", json!({ "#one": before, "#two": before })));
    }
    let answers = lena.calls(&calls).await;
    assert_eq!(answers[1].0, "Core/echo");
    let (name, refusal) = answers.last().unwrap();
    assert_eq!((name.as_str(), &refusal["type"]), ("error", &json!("invalidResultReference")));
}
