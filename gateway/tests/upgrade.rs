//! A school's database lives longer than a version of the program.

use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};

use crate::common::{Client, LENA, World};

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

    let older = world.scratch().join("older.db");
    let newer = world.scratch().join("data/school.db");
    let mut connection = SqliteConnection::connect(newer.to_str().unwrap()).await.unwrap();
    sqlx::query("VACUUM INTO ?1").bind(older.to_str()).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let mut connection = SqliteConnection::connect(older.to_str().unwrap()).await.unwrap();
    for name in ["0004_search", "0012_entry_words"] {
        let file = format!("{}/migrations/{name}.sql", env!("CARGO_MANIFEST_DIR"));
        let tables = std::fs::read_to_string(file).unwrap();
        let undo = if name == "0004_search" { BEFORE_WORDS } else { "" };
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{undo}{tables}"))).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();

    world.reopen(&older).await;
    let lena = world.login(LENA).await;
    world.embedded.compact().await.unwrap();
    assert_eq!(found(&lena, "zebra").await, before);
    assert_eq!(found(&lena, "z").await, before_one_letter);
}
