//! From files to objects.

use serde_json::json;
use tornister_protocol::{calendars::CalendarEvent, school::Lesson, tasks::Task};

use crate::common::{JONAS, LENA, World};

#[tokio::test]
async fn the_same_folder_again_changes_nothing() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let kinds =
        ["Mailbox", "Thread", "Email", "Calendar", "CalendarEvent", "TaskList", "Task", "Lesson", "DayNote"];
    let mut before = Vec::new();
    for kind in kinds {
        before.push(lena.state(kind).await);
    }
    assert_eq!(world.import().await, 0);
    for (kind, state) in kinds.iter().zip(before) {
        assert_eq!(lena.state(kind).await, state, "{kind}");
    }
}

#[tokio::test]
async fn everything_is_as_the_app_reads_it() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let events = lena.call("CalendarEvent/get", json!({ "ids": null })).await;
    let events: Vec<CalendarEvent> = serde_json::from_value(events["list"].clone()).unwrap();
    let choir = events.iter().find(|event| event.title == "Chorprobe").unwrap();
    assert_eq!(choir.occurrences.len(), 3);
    assert_eq!(events.len(), 2);
    let calendars = lena.call("Calendar/get", json!({ "ids": null })).await;
    let names: Vec<&str> = calendars["list"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|calendar| calendar["name"].as_str())
        .collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"Termine") && names.contains(&"Lena"), "{names:?}");

    let tasks = lena.call("Task/get", json!({ "ids": null })).await;
    let tasks: Vec<Task> = serde_json::from_value(tasks["list"].clone()).unwrap();
    assert!(tasks.iter().any(|task| task.subject() == Some("Deutsch") && task.title == "Gedicht lernen"));
    let notes = lena.call("DayNote/get", json!({ "ids": null })).await;
    assert_eq!(notes["list"][0]["title"], "Wandertag");
    assert_eq!(notes["list"][0]["date"], "2026-09-18");
}

#[tokio::test]
async fn a_week_of_lessons_is_one_query() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let week = json!({
        "filter": { "after": "2026-09-14", "before": "2026-09-21" },
        "sort": [{ "property": "date" }, { "property": "period" }],
    });
    let answers = lena
        .calls(&[
            ("Lesson/query", week),
            ("Lesson/get", json!({ "#ids": { "resultOf": "0", "name": "Lesson/query", "path": "/ids" } })),
        ])
        .await;
    let lessons: Vec<Lesson> = serde_json::from_value(answers[1].1["list"].clone()).unwrap();
    assert_eq!(lessons.len(), 2);
    let first = answers[0].1["ids"][0].as_str().unwrap();
    let first = lessons.iter().find(|lesson| lesson.id.as_str() == first).unwrap();
    assert_eq!((first.period, first.subject_name.as_str()), (1, "Mathematik"));
    assert!(first.change.is_some());
    let all = lena.call("Lesson/query", json!({ "calculateTotal": true })).await;
    assert_eq!(all["total"], 8);
    let jonas = world.login(JONAS).await;
    assert_eq!(jonas.call("Lesson/query", json!({ "calculateTotal": true })).await["total"], 4);
}

#[tokio::test]
async fn a_letter_to_the_parents_is_marked_by_its_subject() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let marked = json!({ "filter": { "hasKeyword": "tornister-for-parents" } });
    let ids = lena.call("Email/query", marked).await["ids"].clone();
    let got = lena.call("Email/get", json!({ "ids": ids, "properties": ["subject"] })).await;
    let subjects: Vec<&str> =
        got["list"].as_array().unwrap().iter().filter_map(|it| it["subject"].as_str()).collect();
    assert_eq!(subjects, ["Information für die Eltern: Mensa"]);
}

#[tokio::test]
async fn homework_and_events_can_be_fetched_page_by_page() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for data_type in ["Task", "CalendarEvent"] {
        let query = format!("{data_type}/query");
        let all = lena.call(&query, json!({ "calculateTotal": true })).await;
        let ids = all["ids"].as_array().unwrap();
        assert!(ids.len() > 1 && all["total"] == ids.len(), "{all}");
        let rest = lena.call(&query, json!({ "anchor": ids[0], "anchorOffset": 1, "limit": 1 })).await;
        assert_eq!(rest["ids"], json!([ids[1]]));
        let got = lena.call(&format!("{data_type}/get"), json!({ "ids": ids })).await;
        assert_eq!(got["notFound"], json!([]));
    }
}

#[tokio::test]
async fn what_left_the_folder_is_gone_and_so_are_people() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let homework = lena.state("Task").await;
    let emails = jonas.state("Email").await;
    let ics = std::fs::read_to_string(world.file("homework/7b.ics")).unwrap();
    let (start, rest) = ics.split_once("BEGIN:VTODO").unwrap();
    let (_, end) = rest.split_once("END:VTODO\n").unwrap();
    std::fs::write(world.file("homework/7b.ics"), format!("{start}{end}")).unwrap();
    let profile = std::fs::read_to_string(world.file("school.toml")).unwrap();
    let (others, _) = profile.split_once("[[user]]\nlogin = \"jonas.sommer\"").unwrap();
    std::fs::write(world.file("school.toml"), others).unwrap();
    std::fs::remove_dir_all(world.file("users/jonas.sommer")).unwrap();
    std::fs::remove_dir_all(world.file("users/lena.sommer/mail/Projekt")).unwrap();
    world.import().await;

    let changes = lena.call("Task/changes", json!({ "sinceState": homework })).await;
    assert_eq!(changes["destroyed"].as_array().unwrap().len(), 1);
    let mailboxes = lena.call("Mailbox/get", json!({ "ids": null })).await;
    assert_eq!(mailboxes["list"].as_array().unwrap().len(), 5);
    assert_eq!(jonas.get("/.well-known/jmap").await.status, 401);
    assert_eq!(world.browser().try_login(JONAS).await.status, 401);
    let mut moment = world.database.read().await.unwrap();
    let blobs: i64 = sqlx::query_scalar("SELECT count(*) FROM blob").fetch_one(&mut *moment).await.unwrap();
    assert_eq!(blobs, 4, "mails that nobody has any more are not kept");
    drop(moment);
    assert_eq!(world.import().await, 0);

    // Who comes back gets no delta on top of what was there before.
    std::fs::write(world.file("school.toml"), profile).unwrap();
    world.import().await;
    let again = world.login(JONAS).await;
    assert_eq!(again.account, jonas.account);
    assert_eq!(again.error("Email/changes", json!({ "sinceState": emails })).await, "cannotCalculateChanges");
}

#[tokio::test]
async fn a_mail_that_is_dated_anew_keeps_its_reader_s_marks() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = lena.email("Projekt").await;
    let patch = json!({ "update": { mail["id"].as_str().unwrap(): { "keywords/$seen": true } } });
    lena.call("Email/set", patch).await;
    let path = world.file("users/lena.sommer/mail/Projekt/01-idee.eml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("Thu, 10 Sep", "Thu, 17 Sep")).unwrap();
    world.import().await;
    let anew = lena.email("Projekt").await;
    assert_ne!(anew["id"], mail["id"]);
    assert_eq!(anew["keywords"], json!({ "$flagged": true, "$seen": true }));
}
