//! What the conformance suite cannot see: closing, opening again, and leaving nothing behind.

use crate::common::{fresh, put, reopened, task, tick};
use tornister_store::{IdbStore, accounts};
use tornister_sync::{kind::Kind, store::Store as _};
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
