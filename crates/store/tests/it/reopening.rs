//! What the conformance suite cannot see: closing, opening again, and leaving nothing behind.

use crate::common::{fresh, put, reopened, task, tick};
use tornister_store::{IdbStore, accounts};
use tornister_sync::{
    kind::Kind,
    store::{KeyRange, Question, Store as _},
};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_closed_store_opens_again_with_everything_in_it() {
    let store = fresh("again").await;
    put(&store, vec![task("t")]).await;
    let number = store.enqueue(tick("t")).await.expect("an enqueue");
    drop(store);

    let store = reopened("again").await;
    let payload = store.get(Kind::Task, "t").await.expect("a get").expect("a task");
    assert!(String::from_utf8(payload).expect("text").contains("Vokabeln"));
    let outbox = store.outbox().await.expect("an outbox");
    assert_eq!(outbox.iter().map(|row| Some(row.number)).collect::<Vec<_>>(), [number]);
}

#[wasm_bindgen_test]
async fn what_is_stored_shows_ids_and_dates_only() {
    let store = fresh("sealed").await;
    put(&store, vec![task("t")]).await;
    store.enqueue(tick("t")).await.expect("an enqueue");
    drop(store);
    let dump = dump::everything("tornister.sealed").await;
    assert!(dump.contains("Task/t"), "the dump sees the row: {dump}");
    for secret in ["Vokabeln", "completed", "taskListId"] {
        assert!(!dump.contains(secret), "{secret} lies open in {dump}");
    }
}

#[wasm_bindgen_test]
async fn a_destroyed_store_is_gone_though_another_tab_held_it() {
    let store = fresh("gone").await;
    let other_tab = reopened("gone").await;
    assert!(accounts().await.expect("a list").contains(&"gone".to_owned()));
    store.destroy().await.expect("a deletion");
    assert!(!accounts().await.expect("a list").contains(&"gone".to_owned()));
    assert!(other_tab.ids(Kind::Task).await.is_err(), "the other tab has let go");
}

#[wasm_bindgen_test]
async fn what_was_read_ahead_is_answered_once_and_without_the_database() {
    let store = fresh("ahead").await;
    put(&store, vec![task("t")]).await;
    store.enqueue(tick("t")).await.expect("an enqueue");
    let every_task = KeyRange { from: String::new(), to: "\u{ffff}".to_owned() };
    let list = Question::List(Kind::Task, every_task.clone(), 10);
    let questions = vec![Question::Record(Kind::Task, "t".to_owned()), list, Question::Outbox];

    let reading = IdbStore::open_ahead("ahead", questions).await.expect("an opening").expect("a key");
    // Nothing can be asked any more: only what was read ahead can answer.
    store.destroy().await.expect("a deletion");
    assert!(reading.get(Kind::Task, "t").await.expect("an answer").is_some());
    assert_eq!(reading.range(Kind::Task, &every_task, 10).await.expect("an answer").len(), 1);
    assert_eq!(reading.outbox().await.expect("an answer").len(), 1);
    assert!(reading.outbox().await.is_err(), "the second time it asks the database");
}

#[wasm_bindgen_test]
async fn what_was_read_ahead_is_forgotten_once_it_is_old() {
    let store = fresh("old").await;
    let question = || vec![Question::Record(Kind::Task, "t".to_owned())];
    let reading = IdbStore::open_ahead("old", question()).await.expect("an opening").expect("a key");
    put(&store, vec![task("t")]).await;
    reading.forget_ahead();
    assert!(reading.get(Kind::Task, "t").await.expect("an answer").is_some());
}

#[wasm_bindgen_test]
async fn a_database_without_a_key_does_not_open() {
    IdbStore::destroy_unopened("unfinished").await.expect("a deletion");
    // The login was interrupted before a key was there.
    assert!(IdbStore::open("unfinished").await.expect("an opening").is_none());
}

/// Reads a database without the store, as somebody would who has the device.
mod dump {
    use indexed_db_futures::{database::Database, prelude::*};
    use js_sys::Object;
    use wasm_bindgen::JsValue;

    pub async fn everything(name: &str) -> String {
        let database = Database::open(name).await.expect("a database");
        let names: Vec<String> = database.object_store_names().collect();
        let mut dump = String::new();
        for name in names.iter().filter(|name| *name != "key") {
            let transaction = database.transaction(name.as_str()).build().expect("a transaction");
            let store = transaction.object_store(name).expect("a store");
            for row in store.get_all::<Object>().await.expect("rows") {
                dump.push_str(&text(&row.expect("a row")));
            }
        }
        dump
    }

    /// The row as JSON, its bytes as characters.
    fn text(row: &JsValue) -> String {
        let bytes = js_sys::Reflect::get(row, &"s".into()).expect("a property");
        let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
        let json = js_sys::JSON::stringify(row).expect("JSON");
        format!("{} {}", String::from(json), String::from_utf8_lossy(&bytes))
    }
}
