//! Imported mail is there at once; what a search needs of it follows.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};

use crate::common::{JONAS, LENA, World};

/// How many of somebody's mails no search finds yet.
async fn without_words(world: &World, login: &str) -> i64 {
    let count =
        sqlx::query_scalar("SELECT count(*) FROM email WHERE scope = 'user:' || ?1 AND number IS NULL");
    count.bind(login).fetch_one(&mut *world.database.read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn imported_mail_is_listed_at_once_and_prepared_for_the_first_search_of_its_owner() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let all = without_words(&world, LENA.0).await;
    assert!(all > 2);
    let inbox = lena.mailbox("Inbox").await;
    let listed = lena.query("Email", json!({ "filter": { "inMailbox": inbox["id"] } })).await;
    assert_eq!(json!(listed.len()), inbox["totalEmails"]);
    assert_eq!(without_words(&world, LENA.0).await, all, "a list needs no words");

    assert_eq!(lena.query("Email", json!({ "filter": { "text": "mensa" } })).await.len(), 1);
    assert_eq!(without_words(&world, LENA.0).await, 0);
    assert!(without_words(&world, JONAS.0).await > 0, "nobody waits for the mail of others");
    assert_eq!(jonas.query("Email", json!({ "filter": { "text": "mensa" } })).await, [""; 0]);
}

#[tokio::test]
async fn whatever_depends_on_words_waits_for_them() {
    let questions = [
        json!({ "filter": { "operator": "NOT", "conditions": [{ "subject": "mensa" }] } }),
        json!({ "filter": { "hasAttachment": true } }),
        json!({ "filter": { "header": ["From"] } }),
        json!({ "sort": [{ "property": "subject" }] }),
    ];
    for question in questions {
        let world = World::new().await;
        let lena = world.login(LENA).await;
        let at_once = lena.query("Email", question.clone()).await;
        assert_eq!(without_words(&world, LENA.0).await, 0, "{question}");
        world.embedded.make_searchable().await.unwrap();
        assert_eq!(lena.query("Email", question.clone()).await, at_once, "{question}");
        assert!(!at_once.is_empty(), "{question}");
    }
}

#[tokio::test]
async fn a_mail_that_was_destroyed_before_it_had_words_never_gets_any() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let ids = lena.query("Email", json!({})).await;
    lena.call("Email/set", json!({ "destroy": [ids[0]] })).await;
    world.embedded.make_searchable().await.unwrap();
    assert_eq!(without_words(&world, LENA.0).await, 0);
    assert_eq!(without_words(&world, JONAS.0).await, 0);
    let mut moment = world.database.read().await.unwrap();
    let counts: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM email), (SELECT count(*) FROM indexed WHERE type = 'Email'),
                (SELECT count(*) FROM email_search)",
    )
    .fetch_one(&mut *moment)
    .await
    .unwrap();
    assert!(counts.0 == counts.1 && counts.1 == counts.2, "{counts:?}");
}

/// A server, killed when it is dropped.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_server_makes_searchable_by_itself_what_another_process_imports() {
    let world = World::new().await;
    let database = world.scratch().join("data/school.db");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--database"]).arg(&database).stdout(Stdio::null());
    let _serving = Serving(command.spawn().unwrap());
    for _ in 0..600 {
        if without_words(&world, LENA.0).await + without_words(&world, JONAS.0).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("half a minute later nobody can search");
}

/// The ids that earlier versions gave to imported mails: the beginning of what names their bytes.
const OLDER_IDS: &str = "
    PRAGMA foreign_keys = OFF;
    CREATE TEMP TABLE renamed AS
        SELECT scope, id AS newer, 'E' || substr(blob_id, 2, 32) AS older FROM email JOIN imported USING (scope, id);
    UPDATE email_mailbox AS m SET email_id = r.older FROM renamed r WHERE r.scope = m.scope AND r.newer = m.email_id;
    UPDATE email_keyword AS k SET email_id = r.older FROM renamed r WHERE r.scope = k.scope AND r.newer = k.email_id;
    UPDATE email AS e SET id = r.older FROM renamed r WHERE r.scope = e.scope AND r.newer = e.id;
    UPDATE imported AS i SET id = r.older FROM renamed r WHERE r.scope = i.scope AND r.newer = i.id;
    UPDATE object AS o SET id = r.older, json = json_set(json, '$.id', r.older)
        FROM renamed r WHERE r.scope = o.scope AND r.newer = o.id AND o.type = 'Email';
    DROP TABLE renamed;
";

#[tokio::test]
async fn what_an_earlier_version_imported_under_another_id_is_neither_doubled_nor_brought_back() {
    let world = World::new().await;
    let file = world.scratch().join("data/school.db");
    let mut connection = SqliteConnection::connect(file.to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(OLDER_IDS).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let lena = world.login(LENA).await;
    let mut before = lena.query("Email", json!({})).await;
    assert_eq!(world.import().await, 0);
    assert_eq!(lena.query("Email", json!({})).await, before);

    let destroyed = before.remove(0);
    lena.call("Email/set", json!({ "destroy": [destroyed] })).await;
    world.import().await;
    assert_eq!(lena.query("Email", json!({})).await, before);
}
