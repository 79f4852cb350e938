//! §4: calendars.

use serde_json::{Value, json};
use tornister::session::token::TokenAccess;

use crate::common::{JONAS, LENA, World};

#[tokio::test]
async fn calendars_1_5_1_the_account_tells_what_its_calendars_can() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let session = lena.get("/.well-known/jmap").await.json();
    let name = "urn:ietf:params:jmap:calendars";
    assert_eq!(session["capabilities"][name], json!({}));
    let own = &session["accounts"][&lena.account]["accountCapabilities"][name];
    assert_eq!(own["mayCreateCalendar"], true);
    for limit in ["minDateTime", "maxDateTime", "maxExpandedQueryDuration"] {
        assert!(own[limit].is_string(), "{own}");
    }
    for limit in ["maxCalendarsPerEvent", "maxParticipantsPerEvent"] {
        assert!(own.get(limit).is_some(), "{own}");
    }
}

#[tokio::test]
async fn calendars_4_every_property_is_there_and_the_school_s_are_only_read() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let school = lena.find("Calendar", "name", "Termine").await;
    let own = lena.find("Calendar", "name", "Lena").await;
    for calendar in [&school, &own] {
        for (name, value) in [
            ("description", Value::Null),
            ("isSubscribed", json!(true)),
            ("isVisible", json!(true)),
            ("includeInAvailability", json!("all")),
            ("timeZone", Value::Null),
            ("shareWith", Value::Null),
        ] {
            assert_eq!(calendar[name], value, "{name}");
        }
        assert_eq!(calendar["myRights"]["mayReadItems"], true);
        assert_eq!(calendar["myRights"]["mayAdmin"], false);
    }
    assert_eq!(school["color"], "#2E7D32");
    let rights = ["mayWriteAll", "mayWriteOwn", "mayUpdatePrivate", "mayRSVP", "mayDelete"];
    for right in rights {
        assert_eq!([&school["myRights"][right], &own["myRights"][right]], [&json!(false), &json!(true)]);
    }
    let defaults = [&school["isDefault"], &own["isDefault"]];
    assert_eq!(defaults, [&json!(false), &json!(true)]);

    let id = school["id"].as_str().unwrap();
    let described = json!({ "description": "Meins", "color": "teal" });
    assert_eq!(lena.update("Calendar", id, described).await.as_deref(), Some("forbidden"));
    assert_eq!(lena.destroy("Calendar", id).await.as_deref(), Some("forbidden"));
    assert_eq!(lena.destroy("Calendar", "Cnone").await.as_deref(), Some("notFound"));
    // Whoever may only look has no rights to write, whatever the calendar.
    let program = world.program(LENA.0, TokenAccess::ReadOnly).await;
    let looked = program.find("Calendar", "name", "Lena").await;
    for right in rights {
        assert_eq!(looked["myRights"][right], false);
    }
    assert_eq!(looked["myRights"]["mayReadItems"], true);
}

#[tokio::test]
async fn calendars_4_3_everybody_sees_the_school_s_calendars_in_their_own_way() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let school = lena.find("Calendar", "name", "Termine").await;
    let id = school["id"].as_str().unwrap();
    let (since, of_jonas) = (lena.state("Calendar").await, jonas.state("Calendar").await);
    let alert = json!({ "@type": "Alert", "trigger": { "@type": "OffsetTrigger", "offset": "-PT5M" } });
    let own_way = json!({
        "name": "Schule", "color": "teal", "isVisible": false, "defaultAlertsWithTime": { "1": alert },
    });
    assert_eq!(lena.update("Calendar", id, own_way.clone()).await, None);
    let mut expected = school.clone();
    expected.as_object_mut().unwrap().extend(own_way.as_object().unwrap().clone());
    assert_eq!(lena.object("Calendar", id, Value::Null).await, expected);
    let all = lena.all("Calendar").await;
    assert_eq!(all.iter().filter(|calendar| calendar["id"] == id).count(), 1);
    // It has changed, to the person alone.
    let changes = lena.call("Calendar/changes", json!({ "sinceState": since })).await;
    let told = [&changes["created"], &changes["updated"], &changes["destroyed"]];
    assert_eq!(told, [&json!([]), &json!([id]), &json!([])]);
    assert_eq!(jonas.state("Calendar").await, of_jonas);
    assert_eq!(jonas.object("Calendar", id, Value::Null).await, school);
    // Part of it goes back; no import touches the rest.
    let back = json!({ "isVisible": null, "defaultAlertsWithTime/1": null });
    assert_eq!(lena.update("Calendar", id, back).await, None);
    assert_eq!(world.import().await, 0);
    let now = lena.object("Calendar", id, Value::Null).await;
    assert_eq!([&now["isVisible"], &now["defaultAlertsWithTime"]], [&json!(true), &json!({})]);
    assert_eq!([&now["name"], &now["color"]], [&json!("Schule"), &json!("teal")]);
    assert_eq!(lena.destroy("Calendar", id).await.as_deref(), Some("forbidden"));
    let event = json!({ "calendarIds": { id: true }, "start": "2026-09-14T15:00:00" });
    assert_eq!(lena.refused("CalendarEvent", event).await["type"], "forbidden");
    let program = world.program(LENA.0, TokenAccess::ReadOnly).await;
    let set = json!({ "update": { id: { "color": "red" } } });
    assert_eq!(program.error("Calendar/set", set).await, "accountReadOnly");
}

#[tokio::test]
async fn calendars_4_3_somebody_makes_a_calendar_of_the_own_which_no_import_takes() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let since = lena.state("Calendar").await;
    let of_jonas = jonas.state("Calendar").await;
    let id = lena.create("Calendar", json!({ "name": "Reiten", "color": "Teal", "sortOrder": 3 })).await;
    let made = lena.object("Calendar", &id, Value::Null).await;
    assert_eq!(
        [&made["name"], &made["color"], &made["isDefault"]],
        [&json!("Reiten"), &json!("Teal"), &json!(false)]
    );
    assert_eq!(lena.update("Calendar", &id, json!({ "name": "Reiten am Mittwoch" })).await, None);
    let changes = lena.call("Calendar/changes", json!({ "sinceState": since })).await;
    assert_eq!(changes["created"], json!([id]));
    assert_eq!(jonas.state("Calendar").await, of_jonas);

    assert_eq!(world.import().await, 0);
    assert_eq!(lena.object("Calendar", &id, json!(["name"])).await["name"], "Reiten am Mittwoch");
    assert_eq!(lena.destroy("Calendar", &id).await, None);
    let changes = lena.call("Calendar/changes", json!({ "sinceState": since })).await;
    assert_eq!(changes["destroyed"], json!([]));
}

#[tokio::test]
async fn calendars_4_a_property_that_it_cannot_have_is_named() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for (property, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(256))),
        ("color", json!("#12")),
        ("color", json!("himmelblau")),
        ("sortOrder", json!(-1)),
        ("sortOrder", json!(1_u64 << 31)),
        ("isVisible", json!(null)),
        ("includeInAvailability", json!("some")),
        ("timeZone", json!("Europe/Entenhausen")),
        ("defaultAlertsWithTime", json!([])),
        ("unknown", json!(1)),
        ("isDefault", json!(true)),
        ("myRights", json!({})),
    ] {
        let mut calendar = json!({ "name": "Reiten" });
        calendar[property] = value;
        let refusal = lena.refused("Calendar", calendar).await;
        assert_eq!(refusal["type"], "invalidProperties", "{refusal}");
        assert_eq!(refusal["properties"], json!([property]));
    }
    let refusal = lena.refused("Calendar", json!({ "color": null })).await;
    assert_eq!(refusal["properties"], json!(["name"]));
    let refusal = lena.refused("Calendar", json!({ "color": "#12", "sortOrder": -1, "unknown": 1 })).await;
    assert_eq!(refusal["properties"], json!(["name", "color", "sortOrder", "unknown"]));
    let shared = json!({ "name": "Reiten", "shareWith": { "jonas": { "mayReadItems": true } } });
    assert_eq!(lena.refused("Calendar", shared).await["type"], "forbidden");
}

#[tokio::test]
async fn rfc8620_5_3_a_path_reaches_into_a_property_of_a_calendar_and_null_brings_defaults_back() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let alert = json!({ "@type": "Alert", "trigger": { "@type": "OffsetTrigger", "offset": "-PT5M" } });
    let made = json!({
        "name": "Reiten", "isVisible": false, "isSubscribed": false, "includeInAvailability": "none",
        "defaultAlertsWithTime": { "1": alert },
    });
    let id = lena.create("Calendar", made).await;
    let patch = json!({
        "defaultAlertsWithTime/1/action": "email",
        "defaultAlertsWithTime/2": alert,
        "isVisible": null, "isSubscribed": null, "includeInAvailability": null,
    });
    assert_eq!(lena.update("Calendar", &id, patch).await, None);
    let now = lena.object("Calendar", &id, Value::Null).await;
    let mut loud = alert.clone();
    loud["action"] = json!("email");
    assert_eq!(now["defaultAlertsWithTime"], json!({ "1": loud, "2": alert }));
    assert_eq!(
        [&now["isVisible"], &now["isSubscribed"], &now["includeInAvailability"]],
        [&json!(true), &json!(true), &json!("all")]
    );
    let patch = json!({ "defaultAlertsWithTime/1": null });
    assert_eq!(lena.update("Calendar", &id, patch).await, None);
    let now = lena.object("Calendar", &id, json!(["defaultAlertsWithTime"])).await;
    assert_eq!(now["defaultAlertsWithTime"], json!({ "2": alert }));
    for (patch, kind) in [
        (json!({ "defaultAlertsWithTime/9/action": "email" }), "invalidPatch"),
        (json!({ "defaultAlertsWithoutTime/1": alert }), "invalidPatch"),
        (json!({ "name/more": "x" }), "invalidPatch"),
        (json!({ "defaultAlertsWithTime/2": "loud" }), "invalidProperties"),
        (json!({ "name": null }), "invalidProperties"),
    ] {
        assert_eq!(lena.update("Calendar", &id, patch.clone()).await.as_deref(), Some(kind), "{patch}");
    }
}

#[tokio::test]
async fn calendars_4_3_events_protect_their_calendar() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (one, other) = (
        lena.create("Calendar", json!({ "name": "Eins" })).await,
        lena.create("Calendar", json!({ "name": "Zwei" })).await,
    );
    let start = "2026-09-14T15:00:00";
    let only = lena.create("CalendarEvent", json!({ "calendarIds": { &one: true }, "start": start })).await;
    let both = lena
        .create("CalendarEvent", json!({ "calendarIds": { &one: true, &other: true }, "start": start }))
        .await;
    assert_eq!(lena.destroy("Calendar", &one).await.as_deref(), Some("calendarHasEvent"));
    let set = lena.call("Calendar/set", json!({ "destroy": [one], "onDestroyRemoveEvents": true })).await;
    assert_eq!(set["destroyed"], json!([one]));
    assert_eq!(lena.object("CalendarEvent", &only, Value::Null).await, Value::Null);
    let left = lena.object("CalendarEvent", &both, json!(["calendarIds"])).await;
    assert_eq!(left["calendarIds"], json!({ other: true }));
    assert_eq!(world.import().await, 0);
}

#[tokio::test]
async fn calendars_4_3_one_calendar_is_the_default() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let first = lena.find("Calendar", "name", "Lena").await["id"].as_str().unwrap().to_owned();
    let arguments = json!({ "create": { "k": { "name": "Neu" } }, "onSuccessSetIsDefault": "#k" });
    let set = lena.call("Calendar/set", arguments).await;
    assert_eq!(set["created"]["k"]["isDefault"], true);
    assert_eq!(set["updated"][&first]["isDefault"], false);
    let defaults = |all: Vec<Value>| all.iter().filter(|calendar| calendar["isDefault"] == true).count();
    assert_eq!(defaults(lena.all("Calendar").await), 1);
    world.import().await;
    assert_eq!(defaults(lena.all("Calendar").await), 1);
    // Nothing comes of it where something else was refused, or there is no such calendar.
    for arguments in [
        json!({ "destroy": ["Cnone"], "onSuccessSetIsDefault": first }),
        json!({ "onSuccessSetIsDefault": "Cnone" }),
    ] {
        let before = lena.state("Calendar").await;
        let set = lena.call("Calendar/set", arguments).await;
        assert_eq!(set["newState"], json!(before));
    }
    assert_eq!(lena.object("Calendar", &first, json!(["isDefault"])).await["isDefault"], false);
}
