//! §1, §5.1, §5.2: what ids, times and objects look like, and how they are fetched.

use serde_json::{Value, json};

use crate::common::{LENA, World};

const KINDS: [&str; 13] = [
    "Mailbox",
    "Thread",
    "Email",
    "Identity",
    "VacationResponse",
    "Quota",
    "Calendar",
    "ParticipantIdentity",
    "CalendarEvent",
    "TaskList",
    "Task",
    "Lesson",
    "DayNote",
];

/// Every value that stands under one of these names, anywhere inside.
fn under<'v>(names: &[&str], value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                if names.contains(&name.as_str()) {
                    found.push(inner);
                }
                under(names, inner, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| under(names, item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn rfc8620_1_2_ids_are_made_of_safe_characters() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let is_safe = |id: &str| {
        (1..=255).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    for kind in KINDS {
        let answer = lena.call(&format!("{kind}/get"), json!({ "ids": null })).await;
        assert_eq!(answer["accountId"], lena.account, "{kind}");
        let mut found = Vec::new();
        under(&["id", "blobId", "threadId", "parentId", "accountId"], &answer, &mut found);
        assert!(found.len() > 1, "{kind}: {answer}");
        for id in found.into_iter().filter(|id| !id.is_null()) {
            let id = id.as_str().unwrap_or_else(|| panic!("{kind}: {id}"));
            assert!(is_safe(id), "{kind}: {id}");
            // An id that begins with a dash or is a number alone would trouble some clients.
            assert!(id.starts_with(|first: char| first.is_ascii_alphabetic()), "{kind}: {id}");
        }
    }
}

#[tokio::test]
async fn rfc8620_1_4_moments_are_in_utc_without_idle_fractions() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mut found = Vec::new();
    let emails = lena.all("Email").await;
    let events = lena.all("CalendarEvent").await;
    for object in emails.iter().chain(&events) {
        under(&["receivedAt", "created", "updated"], object, &mut found);
    }
    assert!(found.len() > 4);
    for moment in found {
        let moment = moment.as_str().unwrap();
        assert!(moment.len() == "2026-09-14T06:00:00Z".len() && moment.ends_with('Z'), "{moment}");
        assert_eq!(moment.as_bytes()[10], b'T');
    }
    // §1.4 also holds for what comes in: an offset is no UTCDate.
    let late = json!({ "filter": { "before": "2026-09-14T06:00:00+02:00" } });
    assert_eq!(lena.error("Email/query", late).await, "invalidArguments");
}

#[tokio::test]
async fn rfc8620_3_3_what_is_not_known_of_a_request_is_ignored() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let request = json!({
        "using": ["urn:ietf:params:jmap:core"], "methodCalls": [["Core/echo", {}, "c"]],
        "example.org:extra": { "deep": [1] },
    });
    let answer = lena.post("/jmap/api", &request).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json()["methodResponses"], json!([["Core/echo", {}, "c"]]));
}

#[tokio::test]
async fn rfc8620_3_4_calls_are_answered_in_order_also_under_one_call_id() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calls = json!([
        ["Core/echo", { "number": 1 }, "same"],
        ["Core/echo", { "number": 2 }, "same"],
        ["Nothing/get", {}, ""],
        ["Core/echo", { "number": 3 }, "ä"],
    ]);
    let request = json!({ "using": ["urn:ietf:params:jmap:core"], "methodCalls": calls });
    let answer = lena.post("/jmap/api", &request).await.json();
    let mut expected = calls.clone();
    expected[2] = json!(["error", { "type": "unknownMethod" }, ""]);
    assert_eq!(answer["methodResponses"], expected);
    let none = json!({ "using": [], "methodCalls": [] });
    assert_eq!(lena.post("/jmap/api", &none).await.json()["methodResponses"], json!([]));
}

#[tokio::test]
async fn rfc8620_5_1_each_object_is_answered_once_with_its_id() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for kind in KINDS {
        let get = format!("{kind}/get");
        let all = lena.call(&get, json!({})).await;
        assert_eq!(all["notFound"], json!([]), "{kind}");
        let id = &all["list"][0]["id"];
        let few = json!({ "ids": [id, "nothing", id, "nothing"], "properties": ["id"] });
        let few = lena.call(&get, few).await;
        assert_eq!(few["list"], json!([{ "id": id }]), "{kind}");
        assert_eq!(few["notFound"], json!(["nothing"]), "{kind}");
        assert_eq!(few["state"], all["state"], "{kind}");
        let none = lena.call(&get, json!({ "ids": [id], "properties": [] })).await;
        assert_eq!(none["list"], json!([{ "id": id }]), "{kind}");
        for bad in [json!({ "ids": "all" }), json!({ "ids": [null] }), json!({ "properties": "id" })] {
            assert_eq!(lena.error(&get, bad.clone()).await, "invalidArguments", "{kind} {bad}");
        }
    }
    for kind in ["Mailbox", "Thread", "Email", "Identity", "Calendar", "TaskList", "Quota"] {
        let unknown = json!({ "ids": [], "properties": ["id", "colour-of-the-sky"] });
        assert_eq!(lena.error(&format!("{kind}/get"), unknown).await, "invalidArguments", "{kind}");
    }
}

#[tokio::test]
async fn rfc8620_5_2_changes_of_every_type_obey_the_same_rules() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for kind in KINDS.into_iter().filter(|kind| *kind != "VacationResponse") {
        let changes = format!("{kind}/changes");
        let state = lena.state(kind).await;
        let none = lena.call(&changes, json!({ "sinceState": state, "maxChanges": null })).await;
        assert_eq!([&none["oldState"], &none["newState"]], [&json!(state); 2], "{kind}");
        assert_eq!(none["hasMoreChanges"], false, "{kind}");
        for list in ["created", "updated", "destroyed"] {
            assert_eq!(none[list], json!([]), "{kind} {list}");
        }
        for bad in [
            json!({ "sinceState": state, "maxChanges": 0 }),
            json!({ "sinceState": state, "maxChanges": -1 }),
            json!({ "sinceState": state, "maxChanges": "1" }),
            json!({ "sinceState": 1 }),
            json!({}),
        ] {
            assert_eq!(lena.error(&changes, bad.clone()).await, "invalidArguments", "{kind} {bad}");
        }
        let unknown = json!({ "sinceState": "from-another-server" });
        assert_eq!(lena.error(&changes, unknown).await, "cannotCalculateChanges", "{kind}");
    }
}
