//! §4.13: tasks by filter and sort. The draft leaves the conditions open.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

async fn titles(client: &Client, query: Value) -> Vec<String> {
    let mut titles = Vec::new();
    for id in client.query("Task", query).await {
        let task = client.object("Task", &id, json!(["title"])).await;
        titles.push(task["title"].as_str().unwrap().to_owned());
    }
    titles
}

#[tokio::test]
async fn tasks_4_13_every_condition_lets_through_what_it_says() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (sums, poem, room) = ("Brüche kürzen, S. 12", "Gedicht lernen", "Zimmer");
    let list = lena.create("TaskList", json!({ "name": "Neu" })).await;
    let task = json!({ "taskListId": list, "title": room, "description": "Auch unter dem Bett", "uid": "z" });
    lena.create("Task", task).await;
    let done = lena.find("Task", "title", poem).await["id"].as_str().unwrap().to_owned();
    lena.update("Task", &done, json!({ "progress": "completed" })).await;
    let open =
        json!({ "operator": "NOT", "conditions": [{ "progress": ["completed", "failed", "cancelled"] }] });
    for (filter, expected) in [
        (json!({}), vec![sums, poem, room]),
        (open, vec![sums, room]),
        (json!({ "progress": ["completed"] }), vec![poem]),
        (json!({ "progress": [] }), vec![]),
        (json!({ "inTaskLists": [list] }), vec![room]),
        (json!({ "dueAfter": "2026-09-17T00:00:00" }), vec![poem]),
        (json!({ "dueBefore": "2026-09-17T00:00:00" }), vec![sums]),
        (json!({ "dueAfter": "2026-09-16T00:00:00", "dueBefore": "2026-09-18T00:00:00" }), vec![sums, poem]),
        (json!({ "categories": ["Mathematik", "Musik"] }), vec![sums]),
        (json!({ "text": "brueche" }), vec![sums]),
        (json!({ "text": "mathe" }), vec![sums]),
        (json!({ "text": "bett auch" }), vec![room]),
        (json!({ "title": "bett" }), vec![]),
        (json!({ "description": "\"dem bett\"" }), vec![room]),
        (json!({ "uid": "z" }), vec![room]),
    ] {
        let query = json!({ "filter": filter, "sort": [{ "property": "due" }] });
        assert_eq!(titles(&lena, query).await, expected, "{filter}");
    }
    assert_eq!(lena.error("Task/query", json!({ "filter": { "colour": 1 } })).await, "unsupportedFilter");
}

#[tokio::test]
async fn tasks_4_13_what_is_still_open_comes_first() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let first = lena.find("Task", "title", "Brüche kürzen, S. 12").await["id"].as_str().unwrap().to_owned();
    lena.update("Task", &first, json!({ "progress": "completed" })).await;
    let sort = json!({ "sort": [{ "property": "progress" }, { "property": "due" }] });
    assert_eq!(titles(&lena, sort).await, ["Gedicht lernen", "Brüche kürzen, S. 12"]);
    for property in ["start", "title", "priority", "sortOrder", "created", "updated", "uid"] {
        let sort = json!({ "sort": [{ "property": property, "isAscending": false }] });
        assert_eq!(lena.query("Task", sort).await.len(), 2, "{property}");
    }
    assert_eq!(lena.error("Task/query", json!({ "sort": [{ "property": "x" }] })).await, "unsupportedSort");
}

#[tokio::test]
async fn tasks_4_14_ticking_one_off_takes_it_out_of_what_is_open() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let query = json!({ "filter": { "progress": ["needs-action"] }, "sort": [{ "property": "due" }] });
    let before = lena.call("Task/query", query.clone()).await;
    let id = before["ids"][0].as_str().unwrap();
    lena.update("Task", id, json!({ "progress": "completed" })).await;
    let mut since = query.clone();
    since["sinceQueryState"] = before["queryState"].clone();
    since["calculateTotal"] = json!(true);
    let changes = lena.call("Task/queryChanges", since).await;
    assert_eq!([&changes["removed"], &changes["added"]], [&json!([id]), &json!([])]);
    assert_eq!(changes["total"], 1);
}
