//! A school's database lives longer than a version of the program.

use std::path::PathBuf;

use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};

use crate::common::{Client, LENA, World};

/// What came after both of these, undone.
const BEFORE_OPERATIONS: &str = "DROP TABLE operation;";

/// What `0050_words.sql` did, undone: the tables of before, without what stood in them.
const BEFORE_WORDS: &str = "
    DROP INDEX email_by_number;
    DROP INDEX email_by_received;
    ALTER TABLE email DROP COLUMN number;
    CREATE INDEX email_by_received ON email (scope, received_at);
    DROP TABLE email_search;
    DROP TABLE words;
    DROP TABLE indexed;
    DROP TABLE word_owner;
    DELETE FROM _sqlx_migrations WHERE version >= 50;
";

/// What `0051_initials.sql` added, taken out: other words stand in the index under the same numbers.
const FIRST_LETTERS_TAKEN_OUT: &str = "
    INSERT INTO words (words) VALUES ('delete-all');
    INSERT INTO words (rowid, body) SELECT number, 'older' FROM indexed;
    DELETE FROM _sqlx_migrations WHERE version >= 51;
";

/// The world's database as an earlier version left it.
async fn older(world: &World, undo: &str) -> PathBuf {
    let older = world.scratch().join("older.db");
    let newer = world.scratch().join("data/school.db");
    let mut connection = SqliteConnection::connect(newer.to_str().unwrap()).await.unwrap();
    sqlx::query("VACUUM INTO ?1").bind(older.to_str()).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let mut connection = SqliteConnection::connect(older.to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{BEFORE_OPERATIONS}{undo}")))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    older
}

/// What a search for this text finds, of each type that has one.
async fn found(lena: &Client, text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for kind in ["Email", "CalendarEvent", "Task"] {
        found.push(lena.query(kind, json!({ "filter": { "text": text } })).await);
    }
    found
}

#[tokio::test]
async fn what_an_earlier_version_stored_is_found_after_the_upgrade() {
    let mut world = World::new().await;
    let lena = world.login(LENA).await;
    let mailbox = lena.mailbox("Inbox").await["id"].as_str().unwrap().to_owned();
    let mail = json!({ "mailboxIds": { mailbox: true }, "subject": "Zebrastreifen" });
    lena.create("Email", mail).await;
    let calendar =
        lena.all("Calendar").await.iter().find(|it| it["myRights"]["mayWriteAll"] == true).cloned();
    if let Some(calendar) = calendar {
        let id = calendar["id"].as_str().unwrap().to_owned();
        let event = json!({ "calendarIds": { id: true }, "title": "Zebra", "start": "2026-09-20T08:00:00" });
        lena.create("CalendarEvent", event).await;
    }
    let before = found(&lena, "zebra").await;
    let before_one_letter = found(&lena, "z").await;
    assert!(before.iter().any(|ids| !ids.is_empty()), "{before:?}");

    let tables = ["0004_search", "0012_entry_words"].map(|name| {
        let file = format!("{}/migrations/{name}.sql", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(file).unwrap()
    });
    let older = older(&world, &format!("{BEFORE_WORDS}{}", tables.concat())).await;
    world.reopen(&older).await;
    let lena = world.login(LENA).await;
    world.embedded.compact().await.unwrap();
    assert_eq!(found(&lena, "zebra").await, before);
    assert_eq!(found(&lena, "z").await, before_one_letter);
}

#[tokio::test]
async fn what_was_indexed_without_first_letters_is_found_by_one_after_the_upgrade() {
    let mut world = World::new().await;
    let lena = world.login(LENA).await;
    let mailbox = lena.mailbox("Inbox").await["id"].as_str().unwrap().to_owned();
    lena.create("Email", json!({ "mailboxIds": { mailbox: true }, "subject": "Zebrastreifen" })).await;
    let before = found(&lena, "z").await;
    assert_ne!(before[0], [""; 0]);

    let older = older(&world, FIRST_LETTERS_TAKEN_OUT).await;
    world.reopen(&older).await;
    let lena = world.login(LENA).await;
    world.embedded.compact().await.unwrap();
    assert_eq!(found(&lena, "z").await, before);
}
