//! §4: tasks.

use serde_json::{Value, json};

use crate::common::{LENA, World};

#[tokio::test]
async fn tasks_4_11_own_tasks_are_made_changed_and_destroyed() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let list = lena.create("TaskList", json!({ "name": "Neu" })).await;
    let since = lena.state("Task").await;
    let task = json!({ "taskListId": list, "title": "Zimmer", "due": "2026-09-18T18:00:00" });
    let id = lena.create("Task", task).await;
    let made = lena.object("Task", &id, Value::Null).await;
    assert_eq!([&made["@type"], &made["progress"]], [&json!("Task"), &json!("needs-action")]);
    assert_eq!([&made["isDraft"], &made["created"]], [&json!(false), &json!("2026-09-14T06:00:00Z")]);
    let patch = json!({ "title": "Zimmer aufräumen", "progress": "in-process" });
    assert_eq!(lena.update("Task", &id, patch).await, None);
    let reckoned = json!({ "ids": [id], "properties": ["utcDue", "sequence"], "timeZone": "Europe/Berlin" });
    let reckoned = lena.call("Task/get", reckoned).await["list"][0].clone();
    assert_eq!([&reckoned["utcDue"], &reckoned["sequence"]], [&json!("2026-09-18T16:00:00Z"), &json!(1)]);
    let changes = lena.call("Task/changes", json!({ "sinceState": since })).await;
    assert_eq!(changes["created"], json!([id]));
    assert_eq!(world.import().await, 0);
    assert_eq!(lena.destroy("Task", &id).await, None);
    assert_eq!(lena.object("Task", &id, Value::Null).await, Value::Null);
}

#[tokio::test]
async fn tasks_4_11_a_pupil_cannot_rewrite_or_lose_the_homework() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.find("Task", "title", "Gedicht lernen").await["id"].as_str().unwrap().to_owned();
    let own = lena.create("TaskList", json!({ "name": "Neu" })).await;
    for patch in [
        json!({ "title": "Nichts" }),
        json!({ "due": null }),
        json!({ "taskListId": own }),
        json!({ "progress": "completed", "title": "Nichts" }),
    ] {
        assert_eq!(lena.update("Task", &id, patch.clone()).await.as_deref(), Some("forbidden"), "{patch}");
    }
    assert_eq!(lena.destroy("Task", &id).await.as_deref(), Some("forbidden"));
    assert_eq!(lena.update("Task", &id, json!({ "progress": "completed" })).await, None);
    assert_eq!(lena.object("Task", &id, json!(["progress", "title"])).await["progress"], "completed");
    // The school may still correct what a pupil has ticked off.
    let file = world.file("homework/7b.ics");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("Gedicht lernen", "Ballade lernen")).unwrap();
    world.import().await;
    let now = lena.object("Task", &id, json!(["progress", "title"])).await;
    assert_eq!([&now["title"], &now["progress"]], [&json!("Ballade lernen"), &json!("completed")]);
}

#[tokio::test]
async fn tasks_4_11_progress_tells_since_when() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let list = lena.create("TaskList", json!({ "name": "Neu" })).await;
    let own = lena.create("Task", json!({ "taskListId": list, "title": "Zimmer" })).await;
    let homework = lena.find("Task", "title", "Gedicht lernen").await["id"].as_str().unwrap().to_owned();
    world.clock.advance(60);
    let moment = json!("2026-09-14T06:01:00Z");
    let moments = json!({ "updated": moment, "progressUpdated": moment });
    for id in [&own, &homework] {
        // Homework, too, may be sent back whole.
        let mut whole = lena.object("Task", id, Value::Null).await;
        assert_eq!(lena.update("Task", id, whole.clone()).await, None);
        whole["progress"] = json!("completed");
        let set = lena.call("Task/set", json!({ "update": { id: whole } })).await;
        assert_eq!(set["updated"][id], moments, "{set}");
        let now = lena.object("Task", id, json!(["progress", "updated", "progressUpdated"])).await;
        assert_eq!([&now["updated"], &now["progressUpdated"]], [&moment; 2]);
    }
    assert_eq!(world.import().await, 0);
    world.clock.advance(60);
    let patch = json!({ "title": "Keller", "progress": "in-process" });
    let set = lena.call("Task/set", json!({ "update": { &own: patch } })).await;
    let moment = json!("2026-09-14T06:02:00Z");
    let told = json!({ "updated": moment, "progressUpdated": moment, "sequence": 1 });
    assert_eq!(set["updated"][&own], told);
    // Null sets it back (RFC 8620 §5.3).
    for id in [&own, &homework] {
        assert_eq!(lena.update("Task", id, json!({ "progress": null })).await, None);
        assert_eq!(lena.object("Task", id, json!(["progress"])).await["progress"], "needs-action");
    }
}

#[tokio::test]
async fn tasks_4_what_a_task_cannot_be_is_named() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let list = lena.create("TaskList", json!({ "name": "Neu" })).await;
    for (property, value) in [
        ("taskListId", json!("Lnone")),
        ("taskListId", Value::Null),
        ("due", json!("tomorrow")),
        ("progress", json!("perhaps")),
        ("percentComplete", json!(101)),
        ("sortOrder", json!(1_u64 << 31)),
        ("estimatedDuration", json!("long")),
        ("@type", json!("Event")),
        ("method", json!("request")),
        ("id", json!("K1")),
    ] {
        let mut task = json!({ "taskListId": list, "title": "Heft" });
        task[property] = value.clone();
        let refusal = lena.refused("Task", task).await;
        assert_eq!(refusal["type"], "invalidProperties", "{property} {value}: {refusal}");
        assert_eq!(refusal["properties"], json!([property]));
    }
    let both = json!({ "taskListId": list, "progress": "completed", "workflowStatus": "pending" });
    assert_eq!(lena.refused("Task", both).await["properties"], json!(["workflowStatus"]));
    // What the server does not know is kept.
    let odd = json!({ "taskListId": list, "example.org:points": 3, "checklists": {
        "1": { "@type": "Checklist", "checkItems": [{ "@type": "CheckItem", "title": "Stifte" }] } } });
    let id = lena.create("Task", odd).await;
    assert_eq!(lena.object("Task", &id, Value::Null).await["example.org:points"], 3);
    assert_eq!(lena.query("Task", json!({ "filter": { "text": "stifte" } })).await, [id]);
}
