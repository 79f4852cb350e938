//! §1.4.1, §5.9: what an event is called across accounts, and copies of it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::common::{Client, JONAS, LENA, TwoAccounts, World, router_of};

async fn own(client: &Client) -> String {
    client.find("Calendar", "name", "Lena").await["id"].as_str().unwrap().to_owned()
}

fn event(calendar: &str) -> Value {
    json!({
        "calendarIds": { calendar: true },
        "uid": "reiten@lena.example",
        "title": "Reiten",
        "start": "2026-09-16T16:00:00",
        "timeZone": "Europe/Berlin",
        "duration": "PT1H30M",
    })
}

/// The same, as one that somebody was invited to without the rest of the series.
fn occurrence(calendar: &str, recurrence_id: &str) -> Value {
    let mut event = event(calendar);
    event["recurrenceId"] = json!(recurrence_id);
    event
}

const FIRST: &str = "2026-09-16T16:00:00";
const SECOND: &str = "2026-09-23T16:00:00";

#[tokio::test]
async fn calendars_1_4_1_no_two_events_have_one_uid() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let first = event(&own(&lena).await);
    lena.create("CalendarEvent", first.clone()).await;
    assert_eq!(lena.refused("CalendarEvent", first).await["properties"], json!(["uid"]));
}

#[tokio::test]
async fn calendars_1_4_1_single_occurrences_of_a_series_share_its_uid() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calendar = own(&lena).await;
    lena.create("CalendarEvent", occurrence(&calendar, FIRST)).await;
    let second = lena.create("CalendarEvent", occurrence(&calendar, SECOND)).await;
    for other in [occurrence(&calendar, SECOND), event(&calendar)] {
        assert_eq!(lena.refused("CalendarEvent", other).await["properties"], json!(["uid"]));
    }
    for taken in [json!(FIRST), Value::Null] {
        let refused = lena.update("CalendarEvent", &second, json!({ "recurrenceId": taken })).await;
        assert_eq!(refused.as_deref(), Some("invalidProperties"));
    }
    assert_eq!(lena.update("CalendarEvent", &second, json!({ "title": "Ausritt" })).await, None);
}

#[tokio::test]
async fn calendars_5_8_a_series_takes_the_place_of_its_occurrences_in_one_call() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calendar = own(&lena).await;
    let first = lena.create("CalendarEvent", occurrence(&calendar, FIRST)).await;
    let second = lena.create("CalendarEvent", occurrence(&calendar, SECOND)).await;
    let arguments = |destroy: Value| json!({ "create": { "k": event(&calendar) }, "destroy": destroy });
    // One that stays is in the way.
    let set = lena.call("CalendarEvent/set", arguments(json!([second]))).await;
    assert_eq!(set["notCreated"]["k"]["properties"], json!(["uid"]), "{set}");
    let set = lena.call("CalendarEvent/set", arguments(json!([first]))).await;
    assert_eq!(set["destroyed"], json!([first]), "{set}");
    let base = set["created"]["k"]["id"].as_str().unwrap();
    assert_eq!(lena.object("CalendarEvent", base, json!(["title"])).await["title"], "Reiten");
}

#[tokio::test]
async fn calendars_5_9_an_event_is_copied_into_another_account() {
    let world = World::new().await;
    let jonas = world.login(JONAS).await;
    let target = jonas.create("Calendar", json!({ "name": "Jonas" })).await;
    let school = Arc::new(TwoAccounts(Arc::new(world.embedded.clone())));
    let mut lena = Client::new(router_of(&world, school));
    lena.log_in(LENA).await;
    let id = lena.create("CalendarEvent", event(&own(&lena).await)).await;
    let arguments = |create: Value| {
        json!({
            "fromAccountId": lena.account,
            "accountId": jonas.account,
            "create": { "k": create },
            "onSuccessDestroyOriginal": true,
        })
    };
    let copy = json!({ "id": id, "calendarIds": { &target: true }, "title": "Mit Lena" });
    let call = json!(["CalendarEvent/copy", arguments(copy), "c"]);
    let request = json!({ "using": tornister::jmap::capability::ALL, "methodCalls": [call] });
    let answers = lena.post("/jmap/api", &request).await.json()["methodResponses"].clone();
    // The originals go by an implicit set under the same call id (RFC 8620 §5.4).
    assert_eq!([&answers[1][0], &answers[1][2]], [&json!("CalendarEvent/set"), &json!("c")]);
    let copied = answers[0][1]["created"]["k"]["id"].as_str().unwrap();
    let copy = jonas.object("CalendarEvent", copied, Value::Null).await;
    assert_eq!([&copy["title"], &copy["duration"]], [&json!("Mit Lena"), &json!("PT1H30M")]);
    assert_eq!(lena.object("CalendarEvent", &id, Value::Null).await, Value::Null);
    let missing = lena.calls(&[("CalendarEvent/copy", arguments(json!({ "id": "Vnone" })))]).await;
    assert_eq!(missing[0].1["notCreated"]["k"]["type"], "notFound");
    let same = json!({ "fromAccountId": lena.account, "create": {} });
    assert_eq!(lena.error("CalendarEvent/copy", same).await, "invalidArguments");
}

#[tokio::test]
async fn rfc8620_5_4_what_the_other_account_has_already_is_told_by_its_id() {
    let world = World::new().await;
    let jonas = world.login(JONAS).await;
    let calendar = jonas.create("Calendar", json!({ "name": "Jonas" })).await;
    let list = jonas.create("TaskList", json!({ "name": "Jonas" })).await;
    let mut lena = Client::new(router_of(&world, Arc::new(TwoAccounts(Arc::new(world.embedded.clone())))));
    lena.log_in(LENA).await;
    let own_list = lena.create("TaskList", json!({ "name": "Lena" })).await;
    let task = lena.create("Task", json!({ "taskListId": own_list, "title": "Heft" })).await;
    let event = lena.create("CalendarEvent", event(&own(&lena).await)).await;
    for (kind, create) in [
        ("CalendarEvent", json!({ "id": event, "calendarIds": { &calendar: true } })),
        ("Task", json!({ "id": task, "taskListId": list })),
    ] {
        let copy = format!("{kind}/copy");
        let arguments = json!({
            "fromAccountId": lena.account,
            "accountId": jonas.account,
            "create": { "k": create },
        });
        let first = lena.call(&copy, arguments.clone()).await;
        let refusal = lena.call(&copy, arguments).await["notCreated"]["k"].clone();
        assert_eq!(refusal["type"], "alreadyExists", "{kind}");
        assert_eq!(refusal["existingId"], first["created"]["k"]["id"], "{kind}");
    }
}
