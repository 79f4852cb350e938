//! §3: lists.

use serde_json::{Value, json};

use crate::common::{LENA, World};

#[tokio::test]
async fn tasks_1_5_the_account_tells_what_its_tasks_can() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let session = lena.get("/.well-known/jmap").await.json();
    let own = &session["accounts"][&lena.account]["accountCapabilities"]["urn:ietf:params:jmap:tasks"];
    assert_eq!(own["mayCreateTaskList"], true);
    assert!(own["minDateTime"].is_string() && own["maxDateTime"].is_string(), "{own}");
}

#[tokio::test]
async fn tasks_3_homework_is_the_school_s_and_only_its_progress_is_the_pupil_s() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let homework = lena.find("TaskList", "name", "Hausaufgaben").await;
    for (right, expected) in [
        ("mayReadItems", true),
        ("mayWriteAll", false),
        ("mayWriteOwn", false),
        ("mayUpdatePrivate", false),
        ("mayRSVP", false),
        ("mayAdmin", false),
        ("mayDelete", false),
    ] {
        assert_eq!(homework["myRights"][right], expected, "{right}");
    }
    assert_eq!(homework["workflowStatuses"].as_array().unwrap().len(), 6);
    assert_eq!([&homework["role"], &homework["shareWith"]], [&Value::Null; 2]);
    let id = homework["id"].as_str().unwrap();
    let described = json!({ "description": "Nichts" });
    assert_eq!(lena.update("TaskList", id, described).await.as_deref(), Some("forbidden"));
    // In which colour somebody sees it is their own.
    assert_eq!(lena.update("TaskList", id, json!({ "color": "teal" })).await, None);
    assert_eq!(world.import().await, 0);
    assert_eq!(lena.object("TaskList", id, Value::Null).await["color"], "teal");
    assert_eq!(lena.destroy("TaskList", id).await.as_deref(), Some("forbidden"));
    assert_eq!(lena.refused("Task", json!({ "taskListId": id })).await["type"], "forbidden");
    let task = lena.find("Task", "taskListId", id).await["id"].as_str().unwrap().to_owned();
    let private = json!({ "keywords": { "hard": true } });
    assert_eq!(lena.update("Task", &task, private).await.as_deref(), Some("forbidden"));
}

#[tokio::test]
async fn tasks_3_4_tasks_protect_their_list() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let list = lena.create("TaskList", json!({ "name": "Einkaufen", "role": "inbox" })).await;
    assert_eq!(lena.update("TaskList", &list, json!({ "color": "#fff" })).await, None);
    let task = lena.create("Task", json!({ "taskListId": list, "title": "Heft" })).await;
    assert_eq!(lena.destroy("TaskList", &list).await.as_deref(), Some("taskListHasTask"));
    assert_eq!(world.import().await, 0);
    let set = lena.call("TaskList/set", json!({ "destroy": [list], "onDestroyRemoveTasks": true })).await;
    assert_eq!(set["destroyed"], json!([list]));
    assert_eq!(lena.object("Task", &task, Value::Null).await, Value::Null);
    for (property, value) in [
        ("role", json!("outbox")),
        ("name", json!("")),
        ("color", json!("himmelblau")),
        ("keywordColors", json!({ "a": "x" })),
        ("workflowStatuses", json!("done")),
    ] {
        let mut list = json!({ "name": "Neu" });
        list[property] = value;
        assert_eq!(lena.refused("TaskList", list).await["properties"], json!([property]));
    }
}

#[tokio::test]
async fn tasks_3_4_a_list_and_its_first_task_are_made_in_one_request() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let answers = lena
        .calls(&[
            ("TaskList/set", json!({ "create": { "l": { "name": "Neu" } } })),
            ("Task/set", json!({ "create": { "t": { "taskListId": "#l", "title": "Erstes" } } })),
        ])
        .await;
    let task = answers[1].1["created"]["t"]["id"].as_str().unwrap();
    let list = &answers[0].1["created"]["l"]["id"];
    assert_eq!(lena.object("Task", task, json!(["taskListId"])).await["taskListId"], *list);
}

#[tokio::test]
async fn rfc8620_5_3_a_path_reaches_into_a_property_of_a_list_and_null_brings_defaults_back() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let list = json!({ "name": "Neu", "keywordColors": { "a": "red" }, "workflowStatuses": ["pending"] });
    let id = lena.create("TaskList", list).await;
    let patch = json!({ "keywordColors/a": null, "keywordColors/b": "teal", "workflowStatuses": null });
    assert_eq!(lena.update("TaskList", &id, patch).await, None);
    let now = lena.object("TaskList", &id, json!(["keywordColors", "workflowStatuses"])).await;
    assert_eq!(now["keywordColors"], json!({ "b": "teal" }));
    assert_eq!(now["workflowStatuses"].as_array().unwrap().len(), 6);
    for (patch, kind) in [
        (json!({ "keywordColors/b": "himmelblau" }), "invalidProperties"),
        (json!({ "keywordColors/b/c": "teal" }), "invalidPatch"),
        (json!({ "categoryColors/b": "teal" }), "invalidPatch"),
        (json!({ "workflowStatuses/0": "pending" }), "invalidPatch"),
    ] {
        assert_eq!(lena.update("TaskList", &id, patch.clone()).await.as_deref(), Some(kind), "{patch}");
    }
}
