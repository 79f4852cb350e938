//! What a device that comes back is told.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use tornister::session::token::TokenAccess;

use crate::common::{Client, LENA, World};

fn ids(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_new_mail_shows_in_email_thread_and_mailbox_changes() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let inbox = lena.mailbox("Inbox").await;
    assert_eq!([&inbox["totalEmails"], &inbox["unreadEmails"]], [&json!(3), &json!(2)]);
    let mut since = Vec::new();
    for kind in ["Email", "Thread", "Mailbox", "Task"] {
        since.push((kind, lena.state(kind).await));
    }

    let mail = "From: a@b.example\nSubject: Neu\nDate: Mon, 14 Sep 2026 08:00:00 +0200\n\
                Message-ID: <neu@b.example>\n\nHallo\n";
    std::fs::write(world.file("users/lena.sommer/mail/Inbox/99-neu.eml"), mail).unwrap();
    assert_eq!(world.import().await, 3);

    for (kind, state) in &since {
        let changes = lena.call(&format!("{kind}/changes"), json!({ "sinceState": state })).await;
        let created = ids(&changes["created"]).len();
        let updated = ids(&changes["updated"]);
        match *kind {
            "Mailbox" => assert_eq!((created, updated), (0, vec![inbox["id"].as_str().unwrap()])),
            "Task" => {
                assert_eq!((created, updated.len()), (0, 0));
                assert_eq!(changes["newState"], *state);
            }
            _ => assert_eq!((created, updated.len()), (1, 0), "{kind}"),
        }
    }
    let inbox = lena.mailbox("Inbox").await;
    assert_eq!([&inbox["totalEmails"], &inbox["unreadEmails"]], [&json!(4), &json!(3)]);

    std::fs::remove_file(world.file("users/lena.sommer/mail/Inbox/99-neu.eml")).unwrap();
    assert_eq!(world.import().await, 3);
    // Who was away all the time never hears of it.
    let changes = lena.call("Email/changes", json!({ "sinceState": since[0].1 })).await;
    assert_eq!(ids(&changes["created"]).len() + ids(&changes["destroyed"]).len(), 0, "{changes}");
    assert_ne!(changes["newState"], since[0].1);
}

#[tokio::test]
async fn one_round_trip_fetches_what_has_changed() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let state = lena.state("Email").await;
    let mail = "From: a@b.example\nSubject: Neu\nDate: Mon, 14 Sep 2026 08:00:00 +0200\n\nHallo\n";
    std::fs::write(world.file("users/lena.sommer/mail/Inbox/99-neu.eml"), mail).unwrap();
    world.import().await;
    let answers = lena
        .calls(&[
            ("Email/changes", json!({ "sinceState": state })),
            (
                "Email/get",
                json!({ "#ids": { "resultOf": "0", "name": "Email/changes", "path": "/created" },
                        "properties": ["subject", "threadId"] }),
            ),
            (
                "Thread/get",
                json!({ "#ids": { "resultOf": "1", "name": "Email/get", "path": "/list/*/threadId" } }),
            ),
            (
                "Email/get",
                json!({ "#ids": { "resultOf": "0", "name": "Thread/changes", "path": "/created" } }),
            ),
        ])
        .await;
    assert_eq!(answers[1].1["list"][0]["subject"], "Neu");
    assert_eq!(answers[1].1["state"], answers[0].1["newState"]);
    assert_eq!(answers[2].1["list"][0]["emailIds"][0], answers[1].1["list"][0]["id"]);
    assert_eq!(answers[3].1["type"], "invalidResultReference");
}

#[tokio::test]
async fn a_long_delta_comes_in_pages_that_add_up() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let state = lena.state("Email").await;
    let folder = world.file("users/lena.sommer/mail/Inbox");
    let write = |number: usize| {
        let mail = format!(
            "From: a@b.example\nSubject: N{number}\nDate: Mon, 14 Sep 2026 08:00:00 +0200\n\n{number}\n"
        );
        std::fs::write(folder.join(format!("99-{number}.eml")), mail).unwrap();
    };
    (0..7).for_each(write);
    world.import().await;
    // One of the new ones and one of the old ones change, one of the old ones goes.
    let new = lena.email("N3").await["id"].clone();
    let old = lena.email("Projekt").await["id"].clone();
    let gone = lena.email("Re: Wandertag").await["id"].clone();
    let patch = json!({ new.as_str().unwrap(): { "keywords/$flagged": true }, old.as_str().unwrap(): { "keywords/$seen": true } });
    lena.call("Email/set", json!({ "update": patch })).await;
    std::fs::remove_file(world.file("users/lena.sommer/mail/Inbox/02-antwort.eml")).unwrap();
    world.import().await;

    let mut known: BTreeSet<String> = BTreeSet::new();
    let (mut updated, mut destroyed) = (Vec::new(), Vec::new());
    let mut since = state;
    let mut pages = 0;
    loop {
        let page = lena.call("Email/changes", json!({ "sinceState": since, "maxChanges": 2 })).await;
        let count = ids(&page["created"]).len() + ids(&page["updated"]).len() + ids(&page["destroyed"]).len();
        assert!(count <= 2, "{page}");
        pages += 1;
        for id in ids(&page["created"]) {
            assert!(known.insert(id.to_owned()), "introduced twice: {page}");
        }
        updated.extend(ids(&page["updated"]).into_iter().map(str::to_owned));
        destroyed.extend(ids(&page["destroyed"]).into_iter().map(str::to_owned));
        since = page["newState"].as_str().unwrap().to_owned();
        if page["hasMoreChanges"] == false {
            break;
        }
        // Something happens between two pages, too.
        if pages == 1 {
            write(7);
            world.import().await;
        }
    }
    assert_eq!(known.len(), 8);
    // Nobody speaks of a change of what was just introduced as it is.
    let spoken_of: Vec<&str> = updated.iter().map(String::as_str).filter(|id| *id != new).collect();
    assert_eq!(spoken_of, [old.as_str().unwrap()]);
    // The one that was new and changed is introduced before anybody speaks of a change.
    assert!(known.contains(new.as_str().unwrap()));
    assert_eq!(destroyed, [gone.as_str().unwrap()]);
    assert_eq!(since, lena.state("Email").await);
}

#[tokio::test]
async fn a_state_that_nobody_knows_cannot_be_calculated_from() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let state = lena.state("Email").await;
    let (epoch, modseq) = state.split_once('-').unwrap();
    let later = format!("{epoch}-{}", modseq.parse::<i64>().unwrap() + 1);
    for since in ["", "0", "00000000-1", later.as_str(), &format!("{epoch}-x"), &format!("{epoch}-1-2-3")] {
        let error = lena.error("Email/changes", json!({ "sinceState": since })).await;
        assert_eq!(error, "cannotCalculateChanges", "{since}");
    }
    assert_eq!(
        lena.error("Email/changes", json!({ "sinceState": state, "maxChanges": 0 })).await,
        "invalidArguments"
    );
}

#[tokio::test]
async fn who_was_away_too_long_starts_anew_and_others_do_not() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let before = lena.state("Email").await;
    let homework = lena.state("Task").await;
    std::fs::remove_file(world.file("users/lena.sommer/mail/Inbox/02-antwort.eml")).unwrap();
    world.import().await;
    let after = lena.state("Email").await;

    world.clock.advance(89 * 86_400);
    world.embedded.compact().await.unwrap();
    let changes = lena.call("Email/changes", json!({ "sinceState": before })).await;
    assert_eq!(ids(&changes["destroyed"]).len(), 1);

    world.clock.advance(2 * 86_400);
    world.embedded.compact().await.unwrap();
    let lena = world.login(LENA).await;
    assert_eq!(lena.error("Email/changes", json!({ "sinceState": before })).await, "cannotCalculateChanges");
    for (kind, state) in [("Email", after), ("Task", homework)] {
        let changes = lena.call(&format!("{kind}/changes"), json!({ "sinceState": state })).await;
        assert_eq!(changes["newState"], state, "{kind}");
    }
}

/// Makes one object of each type that a person can destroy again, and destroys it; answers types and ids.
async fn come_and_go(client: &Client) -> Vec<(&'static str, String)> {
    let calendar = client.create("Calendar", json!({ "name": "Weg" })).await;
    let list = client.create("TaskList", json!({ "name": "Weg" })).await;
    let event = json!({ "calendarIds": { &calendar: true }, "start": "2026-09-18T10:00:00" });
    let mailbox = client.create("Mailbox", json!({ "name": "Weg" })).await;
    let identity = json!({ "scheduleId": "mailto:lena.sommer@testschule.example", "name": "Weg" });
    vec![
        ("CalendarEvent", client.create("CalendarEvent", event).await),
        ("Task", client.create("Task", json!({ "taskListId": list })).await),
        ("Email", client.email("Projekt").await["id"].as_str().unwrap().to_owned()),
        ("ParticipantIdentity", client.create("ParticipantIdentity", identity).await),
        ("Calendar", calendar),
        ("TaskList", list),
        ("Mailbox", mailbox),
    ]
}

#[tokio::test]
async fn the_school_says_for_how_long_changes_are_exact_for_every_type() {
    let world = World::new().await;
    let lena = world.program(LENA.0, TokenAccess::Full).await;
    let embedded = world.embedded.clone().with_history_days(7);
    let there = come_and_go(&lena).await;
    let mut since = Vec::new();
    for (kind, _) in &there {
        since.push(lena.state(kind).await);
    }
    for (kind, id) in &there {
        assert_eq!(lena.destroy(kind, id).await, None, "{kind}");
    }
    let mut after = Vec::new();
    for (kind, _) in &there {
        after.push(lena.state(kind).await);
    }
    world.clock.advance(7 * 86_400 - 60);
    embedded.compact().await.unwrap();
    for ((kind, id), state) in there.iter().zip(&since) {
        let changes = lena.call(&format!("{kind}/changes"), json!({ "sinceState": state })).await;
        assert_eq!(changes["destroyed"], json!([id]), "{kind}");
    }
    world.clock.advance(120);
    embedded.compact().await.unwrap();
    for (((kind, _), state), after) in there.iter().zip(&since).zip(&after) {
        let changes = format!("{kind}/changes");
        let error = lena.error(&changes, json!({ "sinceState": state })).await;
        assert_eq!(error, "cannotCalculateChanges", "{kind}");
        // Who has seen the last of them go goes on.
        let changes = lena.call(&changes, json!({ "sinceState": after })).await;
        assert_eq!([&changes["newState"], &changes["destroyed"]], [&json!(after), &json!([])], "{kind}");
    }
    // Where nothing has gone, nothing is forgotten.
    for kind in ["Lesson", "Identity", "DayNote"] {
        let state = lena.state(kind).await;
        lena.call(&format!("{kind}/changes"), json!({ "sinceState": state })).await;
    }
}

#[tokio::test]
async fn a_pupil_who_changes_class_starts_anew() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let state = lena.state("Lesson").await;
    let profile = std::fs::read_to_string(world.file("school.toml")).unwrap();
    std::fs::write(world.file("school.toml"), profile.replace("class = \"7b\"", "class = \"5a\"")).unwrap();
    world.import().await;
    assert_eq!(lena.error("Lesson/changes", json!({ "sinceState": state })).await, "cannotCalculateChanges");
}
