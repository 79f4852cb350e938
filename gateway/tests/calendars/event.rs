//! §5: events, one by one.

use serde_json::{Value, json};
use tornister_protocol::calendars::OCCURRENCES;

use crate::common::{Client, LENA, World};

async fn own(client: &Client) -> String {
    client.find("Calendar", "name", "Lena").await["id"].as_str().unwrap().to_owned()
}

fn event(calendar: &str) -> Value {
    json!({
        "calendarIds": { calendar: true },
        "title": "Reiten",
        "start": "2026-09-16T16:00:00",
        "timeZone": "Europe/Berlin",
        "duration": "PT1H30M",
    })
}

#[tokio::test]
async fn calendars_5_8_the_server_sets_what_is_left_out() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calendar = own(&lena).await;
    let set = lena.call("CalendarEvent/set", json!({ "create": { "k": event(&calendar) } })).await;
    let told = &set["created"]["k"];
    assert_eq!(told["@type"], "Event");
    for name in ["id", "uid", "created", "updated"] {
        assert!(told[name].is_string(), "{told}");
    }
    assert_eq!([&told["isOrigin"], &told["isDraft"]], [&json!(true), &json!(false)]);
    assert_eq!(told.get("title"), None);
    let id = told["id"].as_str().unwrap();
    let made = lena.object("CalendarEvent", id, Value::Null).await;
    assert_eq!([&made["isDraft"], &made["isOrigin"]], [&json!(false), &json!(true)]);
    assert_eq!(made["updated"], "2026-09-14T06:00:00Z");
    let occurrence = json!([{ "start": "2026-09-16T16:00:00", "end": "2026-09-16T17:30:00" }]);
    assert_eq!(made[OCCURRENCES], occurrence);
    // A time that the client claims does not count.
    let mut claimed = event(&calendar);
    claimed["created"] = json!("2030-01-01T00:00:00Z");
    claimed["updated"] = json!("2001-01-01T00:00:00Z");
    let id = lena.create("CalendarEvent", claimed).await;
    let made = lena.object("CalendarEvent", &id, json!(["created", "updated"])).await;
    assert_eq!([&made["created"], &made["updated"]], [&json!("2026-09-14T06:00:00Z"); 2]);
}

#[tokio::test]
async fn calendars_5_events_are_in_calendars_that_may_be_written() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let school = lena.find("Calendar", "name", "Termine").await["id"].as_str().unwrap().to_owned();
    let calendar = own(&lena).await;
    for (ids, kind) in [
        (json!({}), "invalidProperties"),
        (json!({ &calendar: false }), "invalidProperties"),
        (json!({ "Cnone": true }), "invalidProperties"),
        (json!({ &school: true }), "forbidden"),
        (json!({ &school: true, &calendar: true }), "forbidden"),
        (Value::Null, "invalidProperties"),
    ] {
        let mut event = event(&calendar);
        event["calendarIds"] = ids;
        assert_eq!(lena.refused("CalendarEvent", event.clone()).await["type"], kind, "{event}");
    }
    let choir = lena.find("CalendarEvent", "title", "Chorprobe").await["id"].as_str().unwrap().to_owned();
    let title = json!({ "title": "Frei" });
    assert_eq!(lena.update("CalendarEvent", &choir, title).await.as_deref(), Some("forbidden"));
    assert_eq!(lena.destroy("CalendarEvent", &choir).await.as_deref(), Some("forbidden"));
    // Nor can one be moved there, nor be in none.
    let id = lena.create("CalendarEvent", event(&calendar)).await;
    let moved = json!({ format!("calendarIds/{school}"): true });
    assert_eq!(lena.update("CalendarEvent", &id, moved).await.as_deref(), Some("forbidden"));
    let nowhere = json!({ format!("calendarIds/{calendar}"): null });
    assert_eq!(lena.update("CalendarEvent", &id, nowhere).await.as_deref(), Some("invalidProperties"));
}

#[tokio::test]
async fn calendars_5_8_what_an_event_cannot_be_is_named() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calendar = own(&lena).await;
    for (property, value) in [
        ("method", json!("request")),
        ("@type", json!("Task")),
        ("id", json!("V1")),
        ("baseEventId", json!("V1")),
        ("isOrigin", json!(true)),
        ("start", json!("2026-09-16")),
        ("start", json!("1066-10-14T09:00:00")),
        ("duration", json!("45 minutes")),
        ("timeZone", json!("Entenhausen")),
        ("title", json!(7)),
        ("priority", json!(10)),
        ("status", json!("perhaps")),
        ("categories", json!({ "a": false })),
        ("locations", json!(["Aula"])),
        ("recurrenceRules", json!([{ "frequency": "sometimes" }])),
        ("recurrenceOverrides", json!({ "tomorrow": {} })),
        ("recurrenceOverrides", json!({ "2026-09-17T16:00:00": { "uid": "x" } })),
        ("recurrenceOverrides", json!({ "2026-09-17T16:00:00": { "isDraft": true } })),
        ("recurrenceOverrides", json!({ "2026-09-17T16:00:00": { "utcStart": "2026-09-17T16:00:00Z" } })),
        ("utcStart", json!("2026-09-16T14:00:00Z")),
        ("utcEnd", json!("2026-09-16T14:00:00Z")),
    ] {
        let mut event = event(&calendar);
        event[property] = value.clone();
        let refusal = lena.refused("CalendarEvent", event).await;
        assert_eq!(refusal["type"], "invalidProperties", "{property} {value}: {refusal}");
        assert_eq!(refusal["properties"], json!([property]), "{value}");
    }
    // All that is wrong is named, beside what is missing.
    let wrong = json!({ "title": 7, "priority": 10, "isDraft": 1, "timeZone": "Europe/Berlin" });
    let refusal = lena.refused("CalendarEvent", wrong).await;
    let mut named: Vec<&str> =
        refusal["properties"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    named.sort_unstable();
    assert_eq!(named, ["calendarIds", "isDraft", "priority", "start", "title"]);
    let mut event = event(&calendar);
    event["description"] = json!("x".repeat(300_000));
    assert_eq!(lena.refused("CalendarEvent", event).await["type"], "tooLarge");
    assert_eq!(
        lena.refused("CalendarEvent", json!({ "calendarIds": { &calendar: true } })).await["properties"],
        json!(["start"])
    );
}

#[tokio::test]
async fn calendars_5_moments_in_utc_are_reckoned_on_request() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let calendar = own(&lena).await;
    let mut sent = event(&calendar);
    sent.as_object_mut().unwrap().remove("start");
    sent.as_object_mut().unwrap().remove("duration");
    sent["utcStart"] = json!("2026-12-01T09:00:00Z");
    sent["utcEnd"] = json!("2026-12-01T10:15:00Z");
    let id = lena.create("CalendarEvent", sent).await;
    let whole = lena.object("CalendarEvent", &id, Value::Null).await;
    assert_eq!([&whole["start"], &whole["duration"]], [&json!("2026-12-01T10:00:00"), &json!("PT4500S")]);
    assert_eq!([whole.get("utcStart"), whole.get("utcEnd")], [None, None]);
    let asked = lena.object("CalendarEvent", &id, json!(["utcStart", "utcEnd"])).await;
    let expected = json!({ "id": id, "utcStart": "2026-12-01T09:00:00Z", "utcEnd": "2026-12-01T10:15:00Z" });
    assert_eq!(asked, expected);
    // One without a zone is taken for one of the zone that is asked for.
    let mut floating = event(&calendar);
    floating["timeZone"] = Value::Null;
    let id = lena.create("CalendarEvent", floating).await;
    for (zone, start) in [("Asia/Tokyo", "2026-09-16T07:00:00Z"), ("Etc/UTC", "2026-09-16T16:00:00Z")] {
        let arguments = json!({ "ids": [id], "properties": ["utcStart"], "timeZone": zone });
        assert_eq!(lena.call("CalendarEvent/get", arguments).await["list"][0]["utcStart"], start);
    }
    let both = json!({ "ids": [id], "properties": ["utcStart", "recurrenceOverrides"] });
    assert_eq!(lena.error("CalendarEvent/get", both).await, "invalidArguments");
}

#[tokio::test]
async fn calendars_5_6_what_is_not_there_is_answered_by_its_default() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.create("CalendarEvent", event(&own(&lena).await)).await;
    let asked =
        json!(["description", "status", "priority", "participants", "showWithoutTime", "recurrenceRules"]);
    let found = lena.object("CalendarEvent", &id, asked).await;
    let expected = json!({
        "id": id, "description": "", "status": "confirmed", "priority": 0, "participants": null,
        "showWithoutTime": false, "recurrenceRules": null,
    });
    assert_eq!(found, expected);
}

#[tokio::test]
async fn calendars_5_8_each_new_version_has_a_higher_sequence() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.create("CalendarEvent", event(&own(&lena).await)).await;
    world.clock.advance(60);
    for (patch, sequence) in [
        (json!({ "title": "Voltigieren" }), 1),
        (json!({ "color": "red" }), 1),
        (json!({ "title": "Voltigieren" }), 1),
        (json!({ "title": "Reiten", "sequence": 1 }), 2),
        (json!({ "title": "Ausritt", "sequence": 9 }), 9),
        (json!({ "locations": { "1": { "@type": "Location", "name": "Halle" } } }), 10),
        (json!({ "locations/1/name": "Wald" }), 11),
    ] {
        assert_eq!(lena.update("CalendarEvent", &id, patch.clone()).await, None, "{patch}");
        let now = lena.object("CalendarEvent", &id, json!(["sequence", "updated"])).await;
        assert_eq!(now["sequence"], sequence, "{patch}");
        assert_eq!(now["updated"], "2026-09-14T06:01:00Z");
    }
    let before = lena.state("CalendarEvent").await;
    assert_eq!(lena.update("CalendarEvent", &id, json!({ "title": "Ausritt" })).await, None);
    assert_eq!(lena.state("CalendarEvent").await, before);
    let nowhere = json!({ "locations/2/name": "Wald" });
    assert_eq!(lena.update("CalendarEvent", &id, nowhere).await.as_deref(), Some("invalidPatch"));
}

#[tokio::test]
async fn calendars_5_a_draft_is_published_once() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mut draft = event(&own(&lena).await);
    draft["isDraft"] = json!(true);
    let id = lena.create("CalendarEvent", draft).await;
    assert_eq!(lena.object("CalendarEvent", &id, json!(["isDraft"])).await["isDraft"], true);
    assert_eq!(lena.update("CalendarEvent", &id, json!({ "isDraft": false })).await, None);
    let again = lena.update("CalendarEvent", &id, json!({ "isDraft": true })).await;
    assert_eq!(again.as_deref(), Some("invalidProperties"));
}

#[tokio::test]
async fn rfc8620_5_3_a_whole_event_may_be_sent_back() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mut series = event(&own(&lena).await);
    series["recurrenceRules"] = json!([{ "@type": "RecurrenceRule", "frequency": "weekly", "count": 3 }]);
    let id = lena.create("CalendarEvent", series).await;
    let occurrence = format!("{id}_20260923T160000");
    let state = lena.state("CalendarEvent").await;
    for id in [&id, &occurrence] {
        let whole = lena.object("CalendarEvent", id, Value::Null).await;
        assert_eq!(lena.update("CalendarEvent", id, whole).await, None);
    }
    assert_eq!(lena.state("CalendarEvent").await, state);
    for (id, title) in [(&id, "Reiten mit Jonas"), (&occurrence, "Ausritt")] {
        let mut whole = lena.object("CalendarEvent", id, Value::Null).await;
        whole["title"] = json!(title);
        assert_eq!(lena.update("CalendarEvent", id, whole).await, None);
        assert_eq!(lena.object("CalendarEvent", id, json!(["title"])).await["title"], title);
    }
    let overrides = lena.object("CalendarEvent", &id, json!(["recurrenceOverrides"])).await;
    let only = json!({ "2026-09-23T16:00:00": { "title": "Ausritt" } });
    assert_eq!(overrides["recurrenceOverrides"], only);
    for (property, other) in
        [("id", json!("V1")), ("uid", json!("x")), ("isOrigin", json!(false)), ("baseEventId", json!("V1"))]
    {
        for id in [&id, &occurrence] {
            let refused = lena.update("CalendarEvent", id, json!({ property: other })).await;
            assert_eq!(refused.as_deref(), Some("invalidProperties"), "{property}");
        }
    }
}

#[tokio::test]
async fn rfc8620_5_3_an_update_tells_what_else_has_changed() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mut series = event(&own(&lena).await);
    series["recurrenceRules"] = json!([{ "@type": "RecurrenceRule", "frequency": "weekly", "count": 2 }]);
    let id = lena.create("CalendarEvent", series).await;
    world.clock.advance(60);
    let moment = "2026-09-14T06:01:00Z";
    let told = |set: &Value, id: &str| set["updated"].get(id).unwrap_or_else(|| panic!("{set}")).clone();
    let set = lena.call("CalendarEvent/set", json!({ "update": { &id: { "title": "Ausritt" } } })).await;
    assert_eq!(told(&set, &id), json!({ "updated": moment, "sequence": 1 }));
    let moved = json!({ "utcStart": "2026-09-16T15:00:00Z", "sequence": 7 });
    let set = lena.call("CalendarEvent/set", json!({ "update": { &id: moved } })).await;
    let occurrences = json!([
        { "start": "2026-09-16T17:00:00", "end": "2026-09-16T18:30:00" },
        { "start": "2026-09-23T17:00:00", "end": "2026-09-23T18:30:00" },
    ]);
    assert_eq!(told(&set, &id), json!({ "start": "2026-09-16T17:00:00", OCCURRENCES: occurrences }));
    world.clock.advance(60);
    let occurrence = format!("{id}_20260923T170000");
    let patch = json!({ "title": "Turnier" });
    let set = lena.call("CalendarEvent/set", json!({ "update": { &occurrence: patch } })).await;
    assert_eq!(told(&set, &occurrence), json!({ "updated": "2026-09-14T06:02:00Z", "sequence": 8 }));
    let set = lena.call("CalendarEvent/set", json!({ "update": { &id: { "title": "Ausritt" } } })).await;
    assert_eq!(told(&set, &id), Value::Null);
}

#[tokio::test]
async fn calendars_5_the_origin_of_an_event_is_where_it_is_answered() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (own_address, other) = ("mailto:Lena.Sommer@testschule.example", "mailto:mia@x.example");
    for (reply_to, is_origin) in [
        (Value::Null, true),
        (json!({ "imip": own_address }), true),
        (json!({ "imip": other }), false),
        (json!({ "imip": other, "other": own_address }), true),
    ] {
        let mut event = event(&own(&lena).await);
        event["replyTo"] = reply_to.clone();
        let set = lena.call("CalendarEvent/set", json!({ "create": { "k": event } })).await;
        assert_eq!(set["created"]["k"]["isOrigin"], is_origin, "{reply_to}");
        let id = set["created"]["k"]["id"].as_str().unwrap();
        let made = lena.object("CalendarEvent", id, json!(["isOrigin"])).await;
        assert_eq!(made["isOrigin"], is_origin, "{reply_to}");
    }
}

#[tokio::test]
async fn calendars_5_8_another_s_event_keeps_its_version() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mut invitation = event(&own(&lena).await);
    invitation["replyTo"] = json!({ "imip": "mailto:mia@x.example" });
    invitation["updated"] = json!("2026-09-01T00:00:00Z");
    invitation["sequence"] = json!(3);
    let id = lena.create("CalendarEvent", invitation).await;
    let set = lena.call("CalendarEvent/set", json!({ "update": { &id: { "title": "Ausritt" } } })).await;
    assert_eq!(set["updated"].get(&id), Some(&Value::Null), "{set}");
    let now = lena.object("CalendarEvent", &id, json!(["updated", "sequence"])).await;
    assert_eq!([&now["updated"], &now["sequence"]], [&json!("2026-09-01T00:00:00Z"), &json!(3)]);
}

#[tokio::test]
async fn calendars_5_8_participants_get_an_address_to_answer_to_and_no_message_is_promised() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mut meeting = event(&own(&lena).await);
    let address = "mailto:lena.sommer@testschule.example";
    meeting["participants"] = json!({
        "1": { "@type": "Participant", "name": "Lena", "scheduleId": address, "roles": { "owner": true } },
        "2": { "@type": "Participant", "name": "Mia", "email": "mia@x.example",
               "scheduleId": "mailto:mia@x.example", "roles": { "attendee": true } },
    });
    let arguments = json!({ "create": { "k": meeting }, "sendSchedulingMessages": true });
    let set = lena.call("CalendarEvent/set", arguments).await;
    assert_eq!(set["notCreated"]["k"]["type"], "noSupportedScheduleMethods");
    let id = lena.create("CalendarEvent", meeting).await;
    let made = lena.object("CalendarEvent", &id, json!(["replyTo"])).await;
    assert_eq!(made["replyTo"], json!({ "imip": address }));
    let arguments = json!({ "ids": [id], "properties": ["participants"], "reduceParticipants": true });
    let reduced = lena.call("CalendarEvent/get", arguments).await;
    let names: Vec<&String> = reduced["list"][0]["participants"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["1"]);
}

#[tokio::test]
async fn calendars_5_8_own_changes_outlive_imports_and_the_rest_follows_the_folder() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let dentist = lena.find("CalendarEvent", "title", "Zahnarzt").await["id"].as_str().unwrap().to_owned();
    assert_eq!(lena.update("CalendarEvent", &dentist, json!({ "title": "Kieferorthopäde" })).await, None);
    let own = lena.create("CalendarEvent", event(&own(&lena).await)).await;
    assert_eq!(world.import().await, 0);
    let title = lena.object("CalendarEvent", &dentist, json!(["title"])).await;
    assert_eq!(title["title"], "Kieferorthopäde");
    assert_eq!(lena.destroy("CalendarEvent", &dentist).await, None);
    std::fs::remove_file(world.file("users/lena.sommer/calendar.ics")).unwrap();
    world.import().await;
    assert_eq!(lena.object("CalendarEvent", &dentist, Value::Null).await, Value::Null);
    assert_eq!(lena.object("CalendarEvent", &own, json!(["title"])).await["title"], "Reiten");
    lena.find("Calendar", "name", "Lena").await;
}
