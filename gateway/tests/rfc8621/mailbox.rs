//! §2: Mailbox.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

/// Creates a mailbox; answers its id.
async fn create(lena: &Client, properties: Value) -> String {
    let set = lena.call("Mailbox/set", json!({ "create": { "k": properties } })).await;
    set["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{set}")).to_owned()
}

async fn get(lena: &Client, id: &str) -> Value {
    lena.call("Mailbox/get", json!({ "ids": [id] })).await["list"][0].clone()
}

async fn query(lena: &Client, arguments: Value) -> Vec<String> {
    let names = lena.call("Mailbox/query", arguments).await["ids"].clone();
    let found = lena.call("Mailbox/get", json!({ "ids": names })).await["list"].clone();
    let list = found.as_array().unwrap();
    let name = |id: &Value| list.iter().find(|mailbox| mailbox["id"] == *id).unwrap()["name"].clone();
    names.as_array().unwrap().iter().map(|id| name(id).as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn rfc8621_2_5_a_mailbox_is_made_changed_and_destroyed() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let set = lena.call("Mailbox/set", json!({ "create": { "a": { "name": "Ausflüge" } } })).await;
    assert_ne!(set["oldState"], set["newState"]);
    let id = set["created"]["a"]["id"].as_str().unwrap().to_owned();
    let made = get(&lena, &id).await;
    assert_eq!(
        [&made["name"], &made["parentId"], &made["role"]],
        [&json!("Ausflüge"), &Value::Null, &Value::Null]
    );
    assert_eq!([&made["sortOrder"], &made["totalEmails"], &made["unreadThreads"]], [0, 0, 0]);
    assert_eq!([&made["isSubscribed"], &made["myRights"]["mayDelete"]], [true, true]);
    // What the server set is told (RFC 8620 §5.3).
    assert_eq!(set["created"]["a"]["myRights"], made["myRights"]);

    let inner = create(&lena, json!({ "name": "Berlin", "parentId": id, "sortOrder": 7 })).await;
    assert_eq!(get(&lena, &inner).await["parentId"], id.as_str());
    let patch =
        json!({ &inner: { "name": "Bonn", "parentId": null, "sortOrder": 99, "isSubscribed": false } });
    let set = lena.call("Mailbox/set", json!({ "update": patch })).await;
    assert_eq!(set["updated"], json!({ &inner: null }));
    let moved = get(&lena, &inner).await;
    assert_eq!([&moved["name"], &moved["parentId"]], [&json!("Bonn"), &Value::Null]);
    assert_eq!([&moved["sortOrder"], &moved["isSubscribed"]], [&json!(99), &json!(false)]);

    let set = lena.call("Mailbox/set", json!({ "destroy": [id, "Mnobody"] })).await;
    assert_eq!(set["destroyed"], json!([id]));
    assert_eq!(set["notDestroyed"]["Mnobody"]["type"], "notFound");
}

#[tokio::test]
async fn rfc8621_2_names_roles_and_parents_have_rules() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let a = create(&lena, json!({ "name": "A" })).await;
    let b = create(&lena, json!({ "name": "B", "parentId": a })).await;
    for (properties, kind, property) in [
        (json!({}), "invalidProperties", "name"),
        (json!({ "name": "" }), "invalidProperties", "name"),
        (json!({ "name": "a\u{7}b" }), "invalidProperties", "name"),
        (json!({ "name": "x".repeat(256) }), "invalidProperties", "name"),
        (json!({ "name": 7 }), "invalidProperties", "name"),
        (json!({ "name": "C", "parentId": "Mnobody" }), "invalidProperties", "parentId"),
        (json!({ "name": "C", "parentId": "#nobody" }), "invalidProperties", "parentId"),
        (json!({ "name": "C", "role": "inbox" }), "invalidProperties", "role"),
        (json!({ "name": "C", "role": "Junk" }), "invalidProperties", "role"),
        (json!({ "name": "C", "sortOrder": -1 }), "invalidProperties", "sortOrder"),
        (json!({ "name": "C", "sortOrder": 2_147_483_648_u32 }), "invalidProperties", "sortOrder"),
        (json!({ "name": "C", "totalEmails": 3 }), "invalidProperties", "totalEmails"),
        (json!({ "name": "C", "id": "x" }), "invalidProperties", "id"),
        (json!({ "name": "C", "colour": "red" }), "invalidProperties", "colour"),
    ] {
        let set = lena.call("Mailbox/set", json!({ "create": { "k": properties } })).await;
        let refused = &set["notCreated"]["k"];
        assert_eq!([&refused["type"], &refused["properties"]], [&json!(kind), &json!([property])], "{set}");
        assert_eq!(set["oldState"], set["newState"]);
    }
    let set = lena.call("Mailbox/set", json!({ "create": { "k": { "name": "A" } } })).await;
    assert_eq!(set["notCreated"]["k"]["type"], "alreadyExists");
    assert_eq!(set["notCreated"]["k"]["existingId"], a.as_str());
    // A loop.
    for parent in [&a, &b] {
        let set = lena.call("Mailbox/set", json!({ "update": { &a: { "parentId": parent } } })).await;
        assert_eq!(set["notUpdated"][&a]["type"], "invalidProperties", "{set}");
    }
    create(&lena, json!({ "name": "Werbung", "role": "junk" })).await;
    create(&lena, json!({ "name": "Merkzettel", "role": "memos" })).await;
    let set = lena.call("Mailbox/set", json!({ "update": { &b: { "role": "junk" } } })).await;
    assert_eq!(set["notUpdated"][&b]["properties"], json!(["role"]));
}

#[tokio::test]
async fn rfc8620_5_3_patches_have_rules() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = create(&lena, json!({ "name": "A" })).await;
    let rights = get(&lena, &id).await["myRights"].clone();
    for (patch, kind) in [
        (json!({ "totalEmails": 7 }), "invalidProperties"),
        (json!({ "id": "M2" }), "invalidProperties"),
        (json!({ "colour": "red" }), "invalidProperties"),
        (json!({ "name/x": "B" }), "invalidPatch"),
        (json!({ "name": null }), "invalidProperties"),
    ] {
        let set = lena.call("Mailbox/set", json!({ "update": { &id: patch } })).await;
        assert_eq!(set["notUpdated"][&id]["type"], kind, "{patch}: {set}");
        assert_eq!(set["oldState"], set["newState"]);
    }
    // What the server set may be repeated as it is.
    let whole = json!({ &id: { "id": id, "totalEmails": 0, "myRights": rights, "name": "A2" } });
    let set = lena.call("Mailbox/set", json!({ "update": whole })).await;
    assert_eq!(set["updated"], json!({ &id: null }), "{set}");
    let both = json!({ "update": { &id: { "name": "B" } }, "destroy": [&id] });
    let set = lena.call("Mailbox/set", both).await;
    assert_eq!(set["notUpdated"][&id]["type"], "willDestroy");
    assert_eq!(set["destroyed"], json!([id]));
}

#[tokio::test]
async fn rfc8620_5_3_creation_ids_reach_into_the_same_and_later_calls() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let tree = json!({
        "z": { "name": "Außen" },
        "a": { "name": "Innen", "parentId": "#z" },
        "m": { "name": "Mitte", "parentId": "#a" },
    });
    let answers = lena
        .calls(&[
            ("Mailbox/set", json!({ "create": tree })),
            ("Mailbox/set", json!({ "create": { "n": { "name": "Neben", "parentId": "#z" } } })),
            ("Mailbox/set", json!({ "update": { "#n": { "name": "Drüben" } }, "destroy": ["#m"] })),
            ("Mailbox/query", json!({ "filter": { "name": "drüben" } })),
        ])
        .await;
    let (first, second) = (&answers[0].1["created"], &answers[1].1["created"]);
    let made = get(&lena, first["m"]["id"].as_str().unwrap()).await;
    assert_eq!(made, Value::Null, "destroyed by its creation id");
    let inner = get(&lena, first["a"]["id"].as_str().unwrap()).await;
    assert_eq!(inner["parentId"], first["z"]["id"]);
    let beside = get(&lena, second["n"]["id"].as_str().unwrap()).await;
    assert_eq!([&beside["parentId"], &beside["name"]], [&first["z"]["id"], &json!("Drüben")]);
    assert_eq!(answers[3].1["ids"], json!([second["n"]["id"]]));
}

#[tokio::test]
async fn rfc8620_3_3_created_ids_come_in_and_go_out() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let outer = create(&lena, json!({ "name": "Außen" })).await;
    let request = json!({
        "using": tornister_protocol::capability::APP,
        "methodCalls": [["Mailbox/set", {
            "accountId": lena.account,
            "create": { "i": { "name": "Innen", "parentId": "#o" } },
        }, "c"]],
        "createdIds": { "o": outer },
    });
    let answer = lena.post("/jmap/api", &request).await.json();
    let inner = answer["methodResponses"][0][1]["created"]["i"]["id"].clone();
    assert_eq!(answer["createdIds"], json!({ "o": outer, "i": inner }));
    assert_eq!(get(&lena, inner.as_str().unwrap()).await["parentId"], outer.as_str());
}

#[tokio::test]
async fn rfc8621_2_5_a_mailbox_with_children_or_mail_is_kept() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let outer = create(&lena, json!({ "name": "Außen" })).await;
    let inner = create(&lena, json!({ "name": "Innen", "parentId": outer })).await;
    for remove in [false, true] {
        let arguments = json!({ "destroy": [outer], "onDestroyRemoveEmails": remove });
        let set = lena.call("Mailbox/set", arguments).await;
        assert_eq!(set["notDestroyed"][&outer]["type"], "mailboxHasChild");
    }
    let set = lena.call("Mailbox/set", json!({ "destroy": [outer, inner] })).await;
    assert_eq!(set["destroyed"].as_array().unwrap().len(), 2, "{set}");

    let project = lena.mailbox("Projekt").await;
    let id = project["id"].as_str().unwrap();
    let set = lena.call("Mailbox/set", json!({ "destroy": [id] })).await;
    assert_eq!(set["notDestroyed"][id]["type"], "mailboxHasEmail");
    let inbox = lena.mailbox("Inbox").await["id"].as_str().unwrap().to_owned();
    let set = lena.call("Mailbox/set", json!({ "destroy": [inbox] })).await;
    assert_eq!(set["notDestroyed"][&inbox]["type"], "forbidden");
}

#[tokio::test]
async fn rfc8621_2_5_mail_goes_with_its_last_mailbox() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (only, both) = (lena.email("Projekt").await, lena.email("Wandertag").await);
    let project = lena.mailbox("Projekt").await["id"].as_str().unwrap().to_owned();
    let patch = json!({ both["id"].as_str().unwrap(): { format!("mailboxIds/{project}"): true } });
    lena.call("Email/set", json!({ "update": patch })).await;
    let arguments = json!({ "destroy": [project], "onDestroyRemoveEmails": true });
    let set = lena.call("Mailbox/set", arguments).await;
    assert_eq!(set["destroyed"], json!([project]));
    let found = lena.call("Email/get", json!({ "ids": [only["id"], both["id"]] })).await;
    assert_eq!(found["notFound"], json!([only["id"]]));
    assert_eq!(found["list"][0]["mailboxIds"], both["mailboxIds"]);
    // The next import does not undo it.
    assert_eq!(world.import().await, 0);
}

#[tokio::test]
async fn what_a_pupil_made_survives_the_next_import() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let own = create(&lena, json!({ "name": "Eigenes" })).await;
    let project = lena.mailbox("Projekt").await["id"].as_str().unwrap().to_owned();
    let patch = json!({ &project: { "name": "Bienen", "parentId": own } });
    lena.call("Mailbox/set", json!({ "update": patch })).await;
    assert_eq!(world.import().await, 0);
    assert_eq!(get(&lena, &project).await["name"], "Bienen");
    assert_eq!(get(&lena, &own).await["name"], "Eigenes");
}

#[tokio::test]
async fn rfc8621_2_2_updated_properties_are_the_counters_or_null() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let state = lena.state("Mailbox").await;
    let mail = lena.email("Re: Wandertag").await["id"].as_str().unwrap().to_owned();
    lena.call("Email/set", json!({ "update": { mail: { "keywords/$seen": true } } })).await;
    let changes = lena.call("Mailbox/changes", json!({ "sinceState": state })).await;
    let counters = json!(["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"]);
    assert_eq!(changes["updatedProperties"], counters);
    let project = lena.mailbox("Projekt").await["id"].as_str().unwrap().to_owned();
    lena.call("Mailbox/set", json!({ "update": { project: { "sortOrder": 3 } } })).await;
    let changes = lena.call("Mailbox/changes", json!({ "sinceState": state })).await;
    assert_eq!(changes["updatedProperties"], Value::Null);
}

#[tokio::test]
async fn rfc8621_2_3_mailboxes_are_filtered_sorted_and_taken_as_a_tree() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let z = create(&lena, json!({ "name": "Zoo" })).await;
    create(&lena, json!({ "name": "Äffchen", "parentId": z })).await;
    create(&lena, json!({ "name": "alte Affen", "parentId": z, "isSubscribed": false })).await;
    let by_name = json!([{ "property": "name" }]);
    let all = query(&lena, json!({ "sort": by_name })).await;
    let expected = ["alte Affen", "Äffchen", "Archive", "Drafts", "Inbox", "Projekt", "Sent", "Trash", "Zoo"];
    let mut sorted = all.clone();
    sorted.sort();
    let mut wanted = expected.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(sorted, wanted);
    let place = |name: &str| all.iter().position(|other| other == name).unwrap();
    assert!(place("alte Affen") < place("Archive") && place("Trash") < place("Zoo"), "{all:?}");

    let tree = query(&lena, json!({ "sort": by_name, "sortAsTree": true })).await;
    assert_eq!(tree[tree.len() - 3], "Zoo");
    assert!(tree[tree.len() - 2..].contains(&"Äffchen".to_owned()), "{tree:?}");
    for (filter, expected) in [
        (json!({ "parentId": z }), 2),
        (json!({ "parentId": null }), 7),
        (json!({ "name": "affe" }), 1),
        (json!({ "role": "inbox" }), 1),
        (json!({ "role": null }), 4),
        (json!({ "hasAnyRole": true }), 5),
        (json!({ "isSubscribed": false }), 1),
        (json!({ "operator": "NOT", "conditions": [{ "hasAnyRole": true }] }), 4),
        (Value::Null, 9),
    ] {
        let found = query(&lena, json!({ "filter": filter })).await;
        assert_eq!(found.len(), expected, "{filter}: {found:?}");
    }
    let without = json!({ "filter": { "operator": "NOT", "conditions": [{ "name": "Zoo" }] } });
    assert_eq!(query(&lena, without.clone()).await.len(), 8);
    let mut as_tree = without;
    as_tree["filterAsTree"] = json!(true);
    assert_eq!(query(&lena, as_tree).await.len(), 6);
    let error = lena.error("Mailbox/query", json!({ "sort": [{ "property": "totalEmails" }] })).await;
    assert_eq!(error, "unsupportedSort");
}

#[tokio::test]
async fn rfc8620_5_3_what_counts_is_the_state_at_the_end() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (a, b) = (create(&lena, json!({ "name": "A" })).await, create(&lena, json!({ "name": "B" })).await);
    let swap = json!({ "update": { &a: { "name": "B" }, &b: { "name": "A" } } });
    let set = lena.call("Mailbox/set", swap).await;
    assert_eq!(set["updated"], json!({ &a: null, &b: null }));
    assert_eq!([&get(&lena, &a).await["name"], &get(&lena, &b).await["name"]], ["B", "A"]);

    // A role is handed on in both directions, whichever id comes first.
    for (from, to) in [(&a, &b), (&b, &a)] {
        lena.call("Mailbox/set", json!({ "update": { from: { "role": "junk" } } })).await;
        let hand_on = json!({ "update": { from: { "role": null }, to: { "role": "junk" } } });
        assert_eq!(lena.call("Mailbox/set", hand_on).await["notUpdated"], Value::Null);
        assert_eq!(lena.update("Mailbox", to, json!({ "role": null })).await, None);
    }
    let inner = create(&lena, json!({ "name": "Innen", "parentId": a })).await;
    let invert = json!({ "update": { &a: { "parentId": inner }, &inner: { "parentId": null } } });
    assert_eq!(lena.call("Mailbox/set", invert).await["notUpdated"], Value::Null);
    assert_eq!(get(&lena, &a).await["parentId"], inner.as_str());

    let again = json!({ "create": { "k": { "name": "A" } }, "destroy": [b] });
    let set = lena.call("Mailbox/set", again).await;
    assert_eq!([&set["notCreated"], &set["destroyed"]], [&Value::Null, &json!([b])]);
    // What breaks a rule at the end is refused.
    let circle = json!({ "update": { &a: { "name": "X" }, &inner: { "parentId": a } } });
    let set = lena.call("Mailbox/set", circle).await;
    assert_eq!(set["notUpdated"][&inner]["properties"], json!(["parentId"]));
    assert_eq!(set["updated"], json!({ &a: null }));
}

#[tokio::test]
async fn rfc8620_5_3_what_a_call_creates_it_may_change_and_destroy() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let set = lena
        .call(
            "Mailbox/set",
            json!({
                "create": { "a": { "name": "A" }, "b": { "name": "Cafe\u{301}" } },
                "update": { "#a": { "sortOrder": 9 }, "#nobody": { "sortOrder": 9 } },
                "destroy": ["#b"],
            }),
        )
        .await;
    let (a, b) = (&set["created"]["a"]["id"], &set["created"]["b"]);
    assert_eq!(set["updated"], json!({ a.as_str().unwrap(): null }));
    assert_eq!(set["notUpdated"]["#nobody"]["type"], "notFound");
    assert_eq!(set["destroyed"], json!([b["id"]]));
    assert_eq!(get(&lena, a.as_str().unwrap()).await["sortOrder"], 9);
    // What the server made of it, and what it set.
    assert_eq!([&b["name"], &b["parentId"]], [&json!("Café"), &Value::Null]);
}

#[tokio::test]
async fn rfc8621_2_3_a_tree_s_changes_cannot_be_told() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for (tree, can) in
        [(json!({}), true), (json!({ "sortAsTree": true }), false), (json!({ "filterAsTree": true }), false)]
    {
        let query = lena.call("Mailbox/query", tree.clone()).await;
        assert_eq!(query["canCalculateChanges"], can, "{tree}");
        let mut since = tree;
        since["sinceQueryState"] = query["queryState"].clone();
        if !can {
            assert_eq!(lena.error("Mailbox/queryChanges", since).await, "cannotCalculateChanges");
        }
    }
}
