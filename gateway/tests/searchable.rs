//! Imported mail is there at once; what a search needs of it follows.

use std::{
    ops::Range,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};
use tornister::{backend::embedded::EmbeddedSchool, database::Database};

use crate::common::{JONAS, LENA, World};

/// How many of somebody's mails no search finds yet.
async fn without_words(world: &World, login: &str) -> i64 {
    let count =
        sqlx::query_scalar("SELECT count(*) FROM email WHERE scope = 'user:' || ?1 AND number IS NULL");
    count.bind(login).fetch_one(&mut *world.database.read().await.unwrap()).await.unwrap()
}

/// The real program, which imports a file or folder of mail.
fn import_for_lena(world: &World, path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
    command.args(["school", "import", "--user", LENA.0]).arg(path).stdout(Stdio::null());
    command.arg("--database").arg(world.scratch().join("data/school.db"));
    command
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

/// A program that runs beside, killed when it is dropped.
struct Beside(Child);

impl Drop for Beside {
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
    let _server = Beside(command.spawn().unwrap());
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
    let inbox = world.file("users/lena.sommer/mail/Inbox");
    let import_again = async || {
        let changed = world.import().await;
        assert!(import_for_lena(&world, &inbox).status().unwrap().success());
        changed
    };
    assert_eq!(import_again().await, 0);
    assert_eq!(lena.query("Email", json!({})).await, before);

    let destroyed = before.remove(0);
    assert!(inbox.join("03-plan.eml").exists());
    lena.call("Email/set", json!({ "destroy": [destroyed] })).await;
    import_again().await;
    assert_eq!(lena.query("Email", json!({})).await, before);
}

/// Mails in an mbox.
fn mbox(numbers: Range<usize>) -> String {
    let mail = |number| {
        format!(
            "From brandt@testschule.example Mon Sep 14 06:00:00 2026\nFrom: Frau Brandt <brandt@testschule.example>\n\
             Subject: Murmel {number}\nMessage-ID: <murmel-{number}@testschule.example>\n\
             Date: Mon, 14 Sep 2026 08:00:00 +0200\n\nMurmeln rollen.\n\n"
        )
    };
    numbers.map(mail).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_search_is_short_while_another_process_imports_and_pupils_write_meanwhile() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let inbox = jonas.mailbox("Inbox").await["id"].as_str().unwrap().to_owned();
    let others = lena.query("Email", json!({})).await.len();
    let path = world.scratch().join("Murmeln.mbox");
    std::fs::write(&path, mbox(0..6_000)).unwrap();
    let mut importing = Beside(import_for_lena(&world, &path).spawn().unwrap());
    let without = json!({ "filter": { "operator": "NOT", "conditions": [{ "body": "murmeln" }] } });
    let mut searches = 0;
    while importing.0.try_wait().unwrap().is_none() {
        assert_eq!(lena.query("Email", without.clone()).await.len(), others, "after {searches} searches");
        lena.query("Email", json!({ "sort": [{ "property": "subject" }], "limit": 1 })).await;
        jonas.create("Email", json!({ "mailboxIds": { inbox.clone(): true }, "subject": "Hallo" })).await;
        searches += 1;
    }
    assert!(importing.0.wait().unwrap().success());
    assert!(searches > 0, "the import was over too soon");
    let found = json!({ "filter": { "body": "murmeln" }, "calculateTotal": true, "limit": 1 });
    assert_eq!(lena.call("Email/query", found).await["total"], 6_000);
}

#[tokio::test]
async fn words_that_follow_wake_nobody() {
    let world = World::new().await;
    let elsewhere = Database::open(&world.scratch().join("data/school.db")).await.unwrap();
    let before = elsewhere.touched(&[format!("user:{}", JONAS.0)]);
    // The school's mails stand without words; another process, which knows of no change, gives them some.
    let path = world.scratch().join("Murmeln.mbox");
    std::fs::write(&path, mbox(0..3)).unwrap();
    assert!(import_for_lena(&world, &path).status().unwrap().success());
    let environment = world.environment();
    EmbeddedSchool::new(elsewhere.clone(), environment).make_searchable().await.unwrap();
    assert_eq!(without_words(&world, LENA.0).await, 0);
    assert_eq!(elsewhere.touched(&[format!("user:{}", JONAS.0)]), before);
}
