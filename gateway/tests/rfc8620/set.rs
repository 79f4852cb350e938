//! §5.3, §5.4: objects made, changed, destroyed and copied.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

async fn event(lena: &Client) -> (String, String) {
    let calendar = lena.create("Calendar", json!({ "name": "Neu" })).await;
    let event = json!({
        "calendarIds": { &calendar: true },
        "title": "Reiten",
        "start": "2026-09-16T16:00:00",
        "recurrenceRules": [{ "@type": "RecurrenceRule", "frequency": "weekly", "count": 3 }],
        "locations": { "1": { "@type": "Location", "name": "Hof" } },
    });
    (calendar, lena.create("CalendarEvent", event).await)
}

#[tokio::test]
async fn rfc8620_5_3_nothing_to_do_is_done() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for kind in ["Mailbox", "Email", "Identity", "Calendar", "CalendarEvent", "TaskList", "Task"] {
        let state = lena.state(kind).await;
        for nothing in [
            json!({}),
            json!({ "create": null, "update": null, "destroy": null, "ifInState": null }),
            json!({ "create": {}, "update": {}, "destroy": [], "ifInState": state }),
        ] {
            let set = lena.call(&format!("{kind}/set"), nothing).await;
            assert_eq!([&set["oldState"], &set["newState"]], [&json!(state); 2], "{kind}");
            for name in ["created", "updated", "destroyed", "notCreated", "notUpdated", "notDestroyed"] {
                assert_eq!(set[name], Value::Null, "{kind} {name}");
            }
        }
    }
}

#[tokio::test]
async fn rfc8620_5_3_another_state_refuses_the_whole_call() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for kind in ["Mailbox", "Email", "Identity", "Calendar", "CalendarEvent", "TaskList", "Task"] {
        let state = lena.state(kind).await;
        let set = json!({ "ifInState": "another", "create": { "k": { "name": "Neu" } }, "destroy": ["x"] });
        assert_eq!(lena.error(&format!("{kind}/set"), set).await, "stateMismatch", "{kind}");
        assert_eq!(lena.state(kind).await, state);
    }
}

#[tokio::test]
async fn rfc8620_5_3_what_is_not_there_is_not_found() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for kind in ["Mailbox", "Email", "Identity", "Calendar", "CalendarEvent", "TaskList", "Task"] {
        let set = json!({ "update": { "nothing": {} }, "destroy": ["nobody", "nobody"] });
        let set = lena.call(&format!("{kind}/set"), set).await;
        assert_eq!(set["notUpdated"]["nothing"]["type"], "notFound", "{kind}: {set}");
        assert_eq!(set["notDestroyed"], json!({ "nobody": { "type": "notFound" } }), "{kind}");
        assert_eq!(set["oldState"], set["newState"], "{kind}");
    }
}

#[tokio::test]
async fn rfc8620_5_3_creates_are_put_into_the_order_that_their_references_need() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    // The names sort against the order in which they have to be made.
    let create = json!({
        "a": { "name": "Innen", "parentId": "#b" },
        "b": { "name": "Mitte", "parentId": "#c" },
        "c": { "name": "Außen" },
        "d": { "name": "Verloren", "parentId": "#nobody" },
        "e": { "name": "Henne", "parentId": "#f" },
        "f": { "name": "Ei", "parentId": "#e" },
    });
    let set = lena.call("Mailbox/set", json!({ "create": create })).await;
    let (middle, inner) = (&set["created"]["b"]["id"], &set["created"]["a"]["id"]);
    assert_eq!(lena.mailbox("Innen").await["parentId"], *middle);
    assert_eq!(lena.mailbox("Mitte").await["parentId"], set["created"]["c"]["id"]);
    for lost in ["d", "e", "f"] {
        assert_eq!(set["notCreated"][lost]["type"], "invalidProperties", "{lost}: {set}");
    }
    // In one call a parent may go with its children, whatever their order.
    let destroy = json!([set["created"]["c"]["id"], inner, middle]);
    let gone = lena.call("Mailbox/set", json!({ "destroy": destroy })).await;
    assert_eq!(gone["destroyed"].as_array().map(Vec::len), Some(3), "{gone}");
}

#[tokio::test]
async fn rfc8620_5_3_a_creation_id_that_is_used_again_means_the_newest() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let answers = lena
        .calls(&[
            ("Mailbox/set", json!({ "create": { "k": { "name": "Erste" } } })),
            ("Mailbox/set", json!({ "create": { "k": { "name": "Zweite" } } })),
            ("Mailbox/set", json!({ "create": { "inner": { "name": "Innen", "parentId": "#k" } } })),
            ("Mailbox/set", json!({ "update": { "#inner": { "name": "Drinnen" } } })),
        ])
        .await;
    assert_eq!(lena.mailbox("Drinnen").await["parentId"], answers[1].1["created"]["k"]["id"]);
}

#[tokio::test]
async fn rfc8620_5_3_what_a_call_creates_it_may_change_and_destroy() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (calendar, _) = event(&lena).await;
    let list = lena.create("TaskList", json!({ "name": "Neu" })).await;
    let address = "mailto:lena.sommer@testschule.example";
    for (kind, object, patch) in [
        ("Calendar", json!({ "name": "Alt" }), json!({ "name": "Anders" })),
        ("TaskList", json!({ "name": "Alt" }), json!({ "name": "Anders" })),
        ("ParticipantIdentity", json!({ "scheduleId": address }), json!({ "name": "Anders" })),
        (
            "CalendarEvent",
            json!({ "calendarIds": { &calendar: true }, "start": "2026-09-16T16:00:00" }),
            json!({ "title": "Anders" }),
        ),
        ("Task", json!({ "taskListId": list }), json!({ "title": "Anders" })),
    ] {
        let arguments = json!({
            "create": { "a": object, "b": object },
            "update": { "#a": patch, "#nobody": patch },
            "destroy": ["#b", "#noone"],
        });
        let set = lena.call(&format!("{kind}/set"), arguments).await;
        let [changed, gone] = ["a", "b"].map(|key| set["created"][key]["id"].as_str().unwrap());
        assert!(set["updated"].get(changed).is_some(), "{kind}: {set}");
        let property = patch.as_object().unwrap().keys().next().unwrap();
        assert_eq!(lena.object(kind, changed, json!([property])).await[property], "Anders", "{kind}");
        assert_eq!(set["destroyed"], json!([gone]), "{kind}");
        assert_eq!(set["notUpdated"]["#nobody"]["type"], "notFound", "{kind}: {set}");
        assert_eq!(set["notDestroyed"]["#noone"]["type"], "notFound", "{kind}: {set}");
    }
}

#[tokio::test]
async fn rfc8620_5_3_a_pointer_reaches_into_objects_and_not_into_lists() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (_, id) = event(&lena).await;
    for bad in [
        json!({ "recurrenceRules/0/count": 4 }),
        json!({ "recurrenceRules/0": null }),
        json!({ "locations/2/name": "Wald" }),
        json!({ "alerts/1": { "@type": "Alert" } }),
        json!({ "title/more": "x" }),
        json!({ "locations": {}, "locations/1/name": "Wald" }),
        json!({ "locations/1": null, "locations/1/name": "Wald" }),
    ] {
        assert_eq!(
            lena.update("CalendarEvent", &id, bad.clone()).await.as_deref(),
            Some("invalidPatch"),
            "{bad}"
        );
    }
    let good = json!({ "locations/1/name": "Wald", "locations/2": { "@type": "Location", "name": "See" } });
    assert_eq!(lena.update("CalendarEvent", &id, good).await, None);
    let now = lena.object("CalendarEvent", &id, json!(["locations"])).await;
    assert_eq!([&now["locations"]["1"]["name"], &now["locations"]["2"]["name"]], ["Wald", "See"]);
    // Null takes out what may be absent, and what is absent already.
    let out = json!({ "locations/1": null, "locations/9": null, "color": null });
    assert_eq!(lena.update("CalendarEvent", &id, out).await, None);
    let now = lena.object("CalendarEvent", &id, json!(["locations"])).await;
    assert_eq!(now["locations"], json!({ "2": { "@type": "Location", "name": "See" } }));
}

#[tokio::test]
async fn rfc8620_5_3_null_sets_a_property_back_to_its_default() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mailbox = json!({ "name": "Neu", "sortOrder": 7, "parentId": lena.mailbox("Projekt").await["id"] });
    let id = lena.create("Mailbox", mailbox).await;
    assert_eq!(lena.update("Mailbox", &id, json!({ "sortOrder": null, "parentId": null })).await, None);
    let now = lena.object("Mailbox", &id, json!(["sortOrder", "parentId"])).await;
    assert_eq!([&now["sortOrder"], &now["parentId"]], [&json!(0), &Value::Null]);
    let identity = lena.all("Identity").await[0]["id"].as_str().unwrap().to_owned();
    let signed = json!({ "name": "Leni", "textSignature": "L.", "htmlSignature": "<p>L.</p>", "bcc": [{ "email": "a@b.example" }] });
    assert_eq!(lena.update("Identity", &identity, signed).await, None);
    let back =
        json!({ "name": null, "textSignature": null, "htmlSignature": null, "bcc": null, "replyTo": null });
    assert_eq!(lena.update("Identity", &identity, back).await, None);
    let now =
        lena.object("Identity", &identity, json!(["name", "textSignature", "htmlSignature", "bcc"])).await;
    assert_eq!(
        [&now["name"], &now["textSignature"], &now["htmlSignature"], &now["bcc"]],
        [&json!(""), &json!(""), &json!(""), &Value::Null]
    );
    let calendar = lena.create("Calendar", json!({ "name": "Neu", "color": "red", "sortOrder": 3 })).await;
    assert_eq!(lena.update("Calendar", &calendar, json!({ "color": null, "sortOrder": null })).await, None);
    let now = lena.object("Calendar", &calendar, json!(["color", "sortOrder"])).await;
    assert_eq!([&now["color"], &now["sortOrder"]], [&Value::Null, &json!(0)]);
}

#[tokio::test]
async fn rfc8620_5_3_what_only_the_server_sets_may_be_repeated_but_not_changed() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (calendar, event) = event(&lena).await;
    let mailbox = lena.create("Mailbox", json!({ "name": "Neu" })).await;
    for (kind, id, property, other) in [
        ("Mailbox", &mailbox, "id", json!("M1")),
        ("Mailbox", &mailbox, "totalEmails", json!(7)),
        ("Mailbox", &mailbox, "myRights", json!({})),
        ("Calendar", &calendar, "id", json!("C1")),
        ("Calendar", &calendar, "myRights", json!({})),
        ("CalendarEvent", &event, "id", json!("E1")),
    ] {
        let now = lena.object(kind, id, json!([property])).await[property].clone();
        assert_eq!(lena.update(kind, id, json!({ property: now })).await, None, "{kind} {property}");
        let refused = lena.update(kind, id, json!({ property: other })).await;
        assert_eq!(refused.as_deref(), Some("invalidProperties"), "{kind} {property}");
    }
    let mut whole = lena.object("Mailbox", &mailbox, Value::Null).await;
    whole["name"] = json!("Alt");
    assert_eq!(lena.update("Mailbox", &mailbox, whole).await, None);
    assert_eq!(lena.mailbox("Alt").await["id"], json!(mailbox));
}

#[tokio::test]
async fn rfc8620_5_4_copies_are_between_two_accounts() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for kind in ["Email", "CalendarEvent", "Task"] {
        let copy = format!("{kind}/copy");
        for (from, to, error) in [
            (&*lena.account, &*lena.account, "invalidArguments"),
            ("nobody", &*lena.account, "fromAccountNotFound"),
            (&*lena.account, "nobody", "accountNotFound"),
        ] {
            let arguments = json!({ "fromAccountId": from, "accountId": to, "create": {} });
            assert_eq!(lena.error(&copy, arguments).await, error, "{kind}");
        }
    }
}

#[tokio::test]
async fn rfc8620_5_3_a_creation_id_that_is_used_again_in_one_call_means_the_new_object() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let second = json!({ "k": { "name": "Zweite" }, "inner": { "name": "Innen", "parentId": "#k" } });
    let answers = lena
        .calls(&[
            ("Mailbox/set", json!({ "create": { "k": { "name": "Erste" } } })),
            ("Mailbox/set", json!({ "create": second, "update": { "#k": { "name": "Neue" } } })),
        ])
        .await;
    let new = &answers[1].1["created"]["k"]["id"];
    assert_eq!(lena.mailbox("Innen").await["parentId"], *new);
    assert_eq!(lena.mailbox("Neue").await["id"], *new);
    assert_eq!(lena.mailbox("Erste").await["id"], answers[0].1["created"]["k"]["id"]);
}

#[tokio::test]
async fn rfc8620_5_3_all_properties_that_are_wrong_are_named() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for (kind, object, wrong) in [
        ("Mailbox", json!({ "sortOrder": -1, "role": "x", "colour": 1 }), "colour name role sortOrder"),
        ("Identity", json!({ "name": 1, "bcc": 2 }), "bcc email name"),
        ("EmailSubmission", json!({ "colour": 1 }), "colour emailId identityId"),
    ] {
        let set = lena.call(&format!("{kind}/set"), json!({ "create": { "k": object } })).await;
        assert_eq!(named(&set["notCreated"]["k"]), wrong, "{set}");
    }
    let away = json!({ "singleton": { "isEnabled": 1, "toDate": "morgen", "subject": null } });
    let set = lena.call("VacationResponse/set", json!({ "update": away })).await;
    assert_eq!(named(&set["notUpdated"]["singleton"]), "isEnabled toDate");
    let mail = lena.email("Wandertag").await["id"].as_str().unwrap().to_owned();
    let patch = json!({ "keywords/$seen": 1, "mailboxIds": 1, "colour": 1 });
    let set = lena.call("Email/set", json!({ "update": { &mail: patch } })).await;
    assert_eq!(named(&set["notUpdated"][&mail]), "colour keywords mailboxIds");
    let import = json!({ "keywords": 1, "receivedAt": 2, "colour": 3 });
    let answer = lena.call("Email/import", json!({ "emails": { "k": import } })).await;
    assert_eq!(named(&answer["notCreated"]["k"]), "blobId colour keywords mailboxIds receivedAt");
}

/// The properties that a SetError names, sorted.
fn named(refusal: &Value) -> String {
    assert_eq!(refusal["type"], "invalidProperties", "{refusal}");
    let mut names: Vec<&str> =
        refusal["properties"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    names.sort_unstable();
    names.join(" ")
}
