//! §5.4, §5.10: series, and each of their occurrences by itself.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

fn september() -> Value {
    json!({
        "filter": { "after": "2026-09-14T00:00:00", "before": "2026-10-01T00:00:00" },
        "sort": [{ "property": "start" }],
        "expandRecurrences": true,
        "timeZone": "Europe/Berlin",
    })
}

async fn starts(client: &Client, query: Value) -> Vec<(String, String)> {
    let ids = client.query("CalendarEvent", query).await;
    let found =
        client.call("CalendarEvent/get", json!({ "ids": ids, "properties": ["title", "start"] })).await;
    let list = found["list"].as_array().unwrap();
    let object = |id: &String| list.iter().find(|object| object["id"] == *id).unwrap();
    let text = |object: &Value, name: &str| object[name].as_str().unwrap_or_default().to_owned();
    ids.iter().map(object).map(|object| (text(object, "title"), text(object, "start"))).collect()
}

async fn series(client: &Client) -> String {
    let calendar = client.find("Calendar", "name", "Lena").await["id"].as_str().unwrap().to_owned();
    let rule = json!({ "@type": "RecurrenceRule", "frequency": "daily", "count": 4 });
    let event = json!({
        "calendarIds": { calendar: true },
        "title": "Üben",
        "start": "2026-09-21T16:00:00",
        "timeZone": "Europe/Berlin",
        "duration": "PT30M",
        "recurrenceRules": [rule],
    });
    client.create("CalendarEvent", event).await
}

#[tokio::test]
async fn calendars_5_10_each_occurrence_is_found_and_fetched_by_itself() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let found = starts(&lena, september()).await;
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        found,
        [
            ("Chorprobe", "2026-09-15T14:00:00"),
            ("Zahnarzt", "2026-09-16T15:30:00"),
            ("Chorprobe", "2026-09-22T14:00:00"),
            ("Chorprobe", "2026-09-29T14:00:00"),
        ]
    );
    let ids = lena.query("CalendarEvent", september()).await;
    let choir = lena.find("CalendarEvent", "title", "Chorprobe").await;
    let asked =
        json!(["baseEventId", "recurrenceId", "recurrenceRules", "recurrenceOverrides", "start", "duration"]);
    let second = lena.object("CalendarEvent", &ids[2], asked).await;
    let expected = json!({
        "id": ids[2],
        "baseEventId": choir["id"],
        "recurrenceId": "2026-09-22T14:00:00",
        "recurrenceRules": null,
        "recurrenceOverrides": null,
        "start": "2026-09-22T14:00:00",
        "duration": choir["duration"],
    });
    assert_eq!(second, expected);
    // The ids of occurrences are in no delta, and those of none are not found.
    let changes = lena.call("CalendarEvent/get", json!({ "ids": [format!("{}x", ids[2])] })).await;
    assert_eq!(changes["notFound"].as_array().unwrap().len(), 1);
    let none = ids[2].replace("20260922", "20260923");
    let changes = lena.call("CalendarEvent/get", json!({ "ids": [none] })).await;
    assert_eq!(changes["notFound"], json!([none]));
}

#[tokio::test]
async fn calendars_5_10_an_expanding_query_is_bounded_on_both_sides() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let bounds = json!({ "after": "2026-09-14T00:00:00", "before": "2026-10-01T00:00:00" });
    for filter in [
        Value::Null,
        json!({}),
        json!({ "after": "2026-09-14T00:00:00" }),
        json!({ "before": "2026-09-14T00:00:00" }),
        json!({ "operator": "AND", "conditions": [bounds] }),
    ] {
        let query = json!({ "filter": filter, "expandRecurrences": true });
        assert_eq!(lena.error("CalendarEvent/query", query).await, "invalidArguments");
    }
    let long = json!({ "after": "2026-01-01T00:00:00", "before": "2027-02-01T00:00:00" });
    let query = json!({ "filter": long, "expandRecurrences": true });
    assert_eq!(lena.error("CalendarEvent/query", query).await, "cannotCalculateOccurrences");
    let unknown = json!({ "timeZone": "Europe/Entenhausen" });
    assert_eq!(lena.error("CalendarEvent/query", unknown).await, "invalidArguments");
    let query = lena.call("CalendarEvent/query", september()).await;
    assert_eq!(query["canCalculateChanges"], false);
    let mut since = september();
    since["sinceQueryState"] = query["queryState"].clone();
    assert_eq!(lena.error("CalendarEvent/queryChanges", since).await, "cannotCalculateChanges");
}

#[tokio::test]
async fn calendars_5_4_one_occurrence_is_changed_and_another_left_out() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = series(&lena).await;
    let state = lena.state("CalendarEvent").await;
    let mut query = september();
    query["filter"]["title"] = json!("uben");
    let ids = lena.query("CalendarEvent", query.clone()).await;
    assert_eq!(ids.len(), 4);
    let patch = json!({ "title": "Vorspielen", "start": "2026-09-22T18:00:00" });
    assert_eq!(lena.update("CalendarEvent", &ids[1], patch).await, None);
    assert_eq!(lena.destroy("CalendarEvent", &ids[2]).await, None);
    let changes = lena.call("CalendarEvent/changes", json!({ "sinceState": state })).await;
    assert_eq!(changes["updated"], json!([id]));

    let base = lena.object("CalendarEvent", &id, json!(["title", "recurrenceOverrides"])).await;
    let overrides = json!({
        "2026-09-22T16:00:00": { "title": "Vorspielen", "start": "2026-09-22T18:00:00" },
        "2026-09-23T16:00:00": { "excluded": true },
    });
    assert_eq!([&base["title"], &base["recurrenceOverrides"]], [&json!("Üben"), &overrides]);
    query["filter"].as_object_mut().unwrap().remove("title");
    query["filter"]["after"] = json!("2026-09-21T00:00:00");
    query["filter"]["before"] = json!("2026-09-26T00:00:00");
    let found = starts(&lena, query).await;
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        found,
        [
            ("Üben", "2026-09-21T16:00:00"),
            ("Chorprobe", "2026-09-22T14:00:00"),
            ("Vorspielen", "2026-09-22T18:00:00"),
            ("Üben", "2026-09-24T16:00:00"),
        ]
    );
    assert_eq!(lena.update("CalendarEvent", &ids[2], json!({})).await.as_deref(), Some("notFound"));
    let forbidden = lena.update("CalendarEvent", &ids[0], json!({ "isDraft": true })).await;
    assert_eq!(forbidden.as_deref(), Some("invalidProperties"));
}

#[tokio::test]
async fn calendars_5_6_overrides_are_asked_for_by_time() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = series(&lena).await;
    for day in ["22", "23"] {
        let path = format!("recurrenceOverrides/2026-09-{day}T16:00:00");
        let whole = json!({ format!("2026-09-{day}T16:00:00"): { "title": day } });
        let patch = if day == "22" {
            json!({ "recurrenceOverrides": whole })
        } else {
            json!({ path: { "title": day } })
        };
        assert_eq!(lena.update("CalendarEvent", &id, patch).await, None);
    }
    // 16:00 in Berlin is 14:00 in UTC.
    for (bounds, left) in [
        (json!({ "recurrenceOverridesBefore": "2026-09-23T14:00:00Z" }), vec!["2026-09-22T16:00:00"]),
        (json!({ "recurrenceOverridesAfter": "2026-09-23T14:00:00Z" }), vec!["2026-09-23T16:00:00"]),
        (json!({}), vec!["2026-09-22T16:00:00", "2026-09-23T16:00:00"]),
    ] {
        let mut arguments = bounds.clone();
        arguments["ids"] = json!([id]);
        let found = lena.call("CalendarEvent/get", arguments).await;
        let mut ids: Vec<&String> =
            found["list"][0]["recurrenceOverrides"].as_object().unwrap().keys().collect();
        ids.sort();
        assert_eq!(ids, left, "{bounds}");
    }
}
