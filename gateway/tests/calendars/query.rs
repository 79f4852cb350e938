//! §5.10: events by filter and sort.

use serde_json::{Value, json};

use crate::common::{Client, JONAS, LENA, World};

/// The school's two events and these three, by title.
async fn fill(client: &Client) -> String {
    let calendar = client.create("Calendar", json!({ "name": "Neu" })).await;
    let person = |name: &str, role: &str, status: &str| {
        json!({ "name": name, "email": format!("{name}@x.example"), "roles": { role: true },
                "participationStatus": status })
    };
    for (title, start, more) in [
        (
            "Schwimmen im Hallenbad",
            "2026-09-20T10:00:00",
            json!({ "uid": "b", "description": "Mit Müllers" }),
        ),
        (
            "Theater",
            "2026-10-05T19:00:00",
            json!({
                "uid": "c",
                "locations": { "1": { "@type": "Location", "name": "Großes Haus", "description": "Rang" } },
                "participants": {
                    "1": person("Oma", "owner", "accepted"),
                    "2": person("Mia", "attendee", "declined"),
                },
            }),
        ),
        ("Ferien", "2026-10-12T00:00:00", json!({ "uid": "a", "duration": "P2W", "showWithoutTime": true })),
    ] {
        let mut event = json!({ "calendarIds": { &calendar: true }, "title": title, "start": start, "timeZone": "Europe/Berlin" });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.create("CalendarEvent", event).await;
    }
    calendar
}

async fn titles(client: &Client, filter: Value) -> Vec<String> {
    let query = json!({ "filter": filter, "sort": [{ "property": "start" }], "timeZone": "Europe/Berlin" });
    let ids = client.query("CalendarEvent", query).await;
    let mut titles = Vec::new();
    for id in ids {
        let event = client.object("CalendarEvent", &id, json!(["title"])).await;
        titles.push(event["title"].as_str().unwrap().to_owned());
    }
    titles
}

#[tokio::test]
async fn calendars_5_10_every_condition_lets_through_what_it_says() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calendar = fill(&lena).await;
    let (swim, theatre, holiday, choir, dentist) =
        ("Schwimmen im Hallenbad", "Theater", "Ferien", "Chorprobe", "Zahnarzt");
    for (filter, expected) in [
        (json!({}), vec![choir, dentist, swim, theatre, holiday]),
        (json!({ "inCalendars": [calendar] }), vec![swim, theatre, holiday]),
        (json!({ "inCalendars": [] }), vec![]),
        // The last rehearsal is on 29 September.
        (json!({ "after": "2026-09-20T10:00:00" }), vec![choir, theatre, holiday]),
        (json!({ "after": "2026-09-29T15:00:00" }), vec![theatre, holiday]),
        (json!({ "after": "2026-10-25T23:00:00" }), vec![holiday]),
        (json!({ "after": "2026-10-26T00:00:00" }), vec![]),
        (json!({ "before": "2026-09-15T14:00:00" }), vec![]),
        (json!({ "before": "2026-09-15T14:00:01" }), vec![choir]),
        (json!({ "after": "2026-09-17T00:00:00", "before": "2026-10-01T00:00:00" }), vec![choir, swim]),
        (json!({ "text": "muller" }), vec![swim]),
        (json!({ "text": "GROSSES mia" }), vec![theatre]),
        (json!({ "text": "aula" }), vec![choir]),
        (json!({ "text": "\"im hallenbad\"" }), vec![swim]),
        (json!({ "text": "\"hallenbad im\"" }), vec![]),
        (json!({ "title": "theat" }), vec![theatre]),
        (json!({ "title": "mullers" }), vec![]),
        (json!({ "description": "müllers" }), vec![swim]),
        (json!({ "location": "rang" }), vec![theatre]),
        (json!({ "owner": "oma" }), vec![theatre]),
        (json!({ "owner": "mia" }), vec![]),
        (json!({ "attendee": "mia@x.example" }), vec![theatre]),
        (json!({ "attendee": "mia", "participationStatus": "declined" }), vec![theatre]),
        (json!({ "attendee": "mia", "participationStatus": "accepted" }), vec![]),
        (json!({ "participationStatus": "accepted" }), vec![theatre]),
        (json!({ "uid": "a" }), vec![holiday]),
        (json!({ "operator": "NOT", "conditions": [{ "inCalendars": [calendar] }] }), vec![choir, dentist]),
    ] {
        assert_eq!(titles(&lena, filter.clone()).await, expected, "{filter}");
    }
    assert_eq!(
        lena.error("CalendarEvent/query", json!({ "filter": { "colour": "x" } })).await,
        "unsupportedFilter"
    );
    assert_eq!(
        lena.error("CalendarEvent/query", json!({ "filter": { "after": 7 } })).await,
        "invalidArguments"
    );
}

#[tokio::test]
async fn calendars_5_10_the_zone_of_a_bound_is_the_query_s() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    // 15:30 in Berlin is 13:30 in UTC.
    for (zone, before, count) in [
        ("Europe/Berlin", "2026-09-16T15:30:00", 0),
        ("Europe/Berlin", "2026-09-16T15:31:00", 1),
        ("Etc/UTC", "2026-09-16T13:30:00", 0),
        ("Etc/UTC", "2026-09-16T13:31:00", 1),
    ] {
        let query = json!({ "filter": { "before": before, "title": "zahnarzt" }, "timeZone": zone });
        assert_eq!(lena.query("CalendarEvent", query).await.len(), count, "{zone} {before}");
    }
}

#[tokio::test]
async fn calendars_5_10_events_are_sorted_by_every_property_that_is_promised() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calendar = fill(&lena).await;
    for property in ["start", "uid", "recurrenceId", "created", "updated"] {
        let mut both = Vec::new();
        for ascending in [true, false] {
            let sort = json!([{ "property": property, "isAscending": ascending }]);
            let query = json!({ "filter": { "inCalendars": [calendar] }, "sort": sort });
            both.push(lena.query("CalendarEvent", query).await);
        }
        if ["start", "uid"].contains(&property) {
            both[1].reverse();
            assert_eq!(both[0], both[1], "{property}");
        }
    }
    let sort = json!({ "sort": [{ "property": "colour" }] });
    assert_eq!(lena.error("CalendarEvent/query", sort).await, "unsupportedSort");
}

#[tokio::test]
async fn calendars_5_11_a_result_is_brought_up_to_date() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calendar = fill(&lena).await;
    let query = json!({ "filter": { "inCalendars": [calendar] }, "sort": [{ "property": "uid" }] });
    let before = lena.call("CalendarEvent/query", query.clone()).await;
    let ids = before["ids"].as_array().unwrap();
    let event = json!({ "calendarIds": { &calendar: true }, "start": "2026-09-18T10:00:00", "uid": "0" });
    let new = lena.create("CalendarEvent", event).await;
    lena.destroy("CalendarEvent", ids[1].as_str().unwrap()).await;
    let mut since = query.clone();
    since["sinceQueryState"] = before["queryState"].clone();
    let changes = lena.call("CalendarEvent/queryChanges", since).await;
    assert_eq!(changes["removed"], json!([ids[1]]));
    assert_eq!(changes["added"], json!([{ "id": new, "index": 0 }]));
    let after = lena.call("CalendarEvent/query", query).await;
    assert_eq!(after["ids"], json!([new, ids[0], ids[2]]));
    assert_eq!(after["queryState"], changes["newQueryState"]);
}

#[tokio::test]
async fn calendars_5_10_a_search_follows_every_change() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let found = async |text: &str| lena.query("CalendarEvent", json!({ "filter": { "text": text } })).await;
    let calendar = lena.create("Calendar", json!({ "name": "Neu" })).await;
    let rule = json!({ "@type": "RecurrenceRule", "frequency": "weekly", "count": 3 });
    let event = json!({
        "calendarIds": { calendar: true },
        "title": "Klavier",
        "start": "2026-09-16T16:00:00",
        "recurrenceRules": [rule],
    });
    let id = lena.create("CalendarEvent", event).await;
    assert_eq!(found("klavier").await, [id.as_str()]);
    lena.update("CalendarEvent", &id, json!({ "title": "Geige" })).await;
    assert_eq!(found("klavier").await, [""; 0]);
    // What only one occurrence has is found in the series.
    let one = json!({ "2026-09-23T16:00:00": { "title": "Konzert", "locations/1": { "name": "Kirche" } } });
    lena.update("CalendarEvent", &id, json!({ "recurrenceOverrides": one })).await;
    for text in ["geige", "konzert", "kirche geige"] {
        assert_eq!(found(text).await, [id.as_str()], "{text}");
    }
    let either = json!({ "operator": "OR", "conditions": [{ "title": "konzert" }, { "text": "zahnarzt" }] });
    assert_eq!(lena.query("CalendarEvent", json!({ "filter": either })).await.len(), 2);
    let others = json!({ "operator": "NOT", "conditions": [{ "title": "geige" }] });
    assert_eq!(lena.query("CalendarEvent", json!({ "filter": others })).await.len(), 2);
    // Each occurrence by itself has its own texts.
    let bounds = json!({ "after": "2026-09-14T00:00:00", "before": "2026-10-10T00:00:00", "text": "geige" });
    let query = json!({ "filter": bounds, "expandRecurrences": true });
    assert_eq!(lena.query("CalendarEvent", query).await.len(), 2);
    lena.destroy("CalendarEvent", &id).await;
    assert_eq!(found("geige").await, [""; 0]);

    // An import's changes are found, and another person's entries are not.
    let file = world.file("users/lena.sommer/calendar.ics");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("Zahnarzt", "Kieferorthopäde")).unwrap();
    world.import().await;
    assert_eq!(found("zahnarzt").await, [""; 0]);
    assert_eq!(found("kieferorthopaede").await.len(), 1);
    let jonas = world.login(JONAS).await;
    let query = json!({ "filter": { "text": "kieferorthopäde" } });
    assert_eq!(jonas.query("CalendarEvent", query).await, [""; 0]);
}
