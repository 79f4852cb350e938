//! What several suites need: stores, records, and JavaScript that does what browsers and other tabs do.

use js_sys::{Function, Promise};
use tornister_protocol::tasks::Progress;
use tornister_store::{IdbStore, KeyPolicy};
use tornister_sync::{
    kind::Kind,
    outbox::Change,
    record::Record,
    store::{Batch, Store as _},
};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

pub async fn fresh(name: &str) -> IdbStore {
    IdbStore::destroy_unopened(name).await.expect("a deletion");
    IdbStore::create(name, KeyPolicy::Kept).await.expect("a store")
}

pub async fn reopened(name: &str) -> IdbStore {
    IdbStore::open(name).await.expect("an opening").expect("a key")
}

pub fn task(id: &str) -> Record {
    let json = format!(r#"{{"id":"{id}","taskListId":"l","title":"Vokabeln"}}"#);
    Record::from_json(Kind::Task, &json).expect("a task")
}

pub fn tick(id: &str) -> Change {
    Change::Progress { task_id: id.to_owned(), progress: Progress::Completed }
}

pub async fn put(store: &IdbStore, puts: Vec<Record>) {
    store.commit(&Batch { puts, ..Batch::default() }).await.expect("a commit");
}

/// Runs the body of an async JavaScript function whose only argument is `name`.
pub async fn javascript(body: &str, name: &str) -> JsValue {
    let function = Function::new_with_args("name", &format!("return (async () => {{ {body} }})();"));
    let promise: Promise =
        function.call1(&JsValue::NULL, &name.into()).expect("a call").dyn_into().expect("a promise");
    JsFuture::from(promise).await.expect("the script succeeds")
}

/// The beginning of scripts that open a database, whatever its schema, with the next word's version.
pub const OPEN: &str = "
    const opened = (name, version, upgrade = () => undefined) => new Promise((resolve, reject) => {
        const opening = indexedDB.open(name, version);
        opening.onupgradeneeded = () => upgrade(opening.result);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
    });
    const done = (transaction) => new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
    });
";

/// Changes the database of an account behind the store's back; `change` sees `records`, `outbox`, `key`.
pub async fn tamper(account: &str, change: &str) {
    let body = format!(
        "{OPEN}
        const database = await opened(name);
        const transaction = database.transaction(['records', 'outbox', 'key'], 'readwrite');
        const [records, outbox, key] = ['records', 'outbox', 'key'].map((it) => transaction.objectStore(it));
        {change};
        await done(transaction);
        database.close();"
    );
    javascript(&body, &format!("tornister.{account}")).await;
}
