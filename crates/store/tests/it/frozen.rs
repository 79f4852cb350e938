//! Databases as earlier versions left them on phones: whoever opens one finds everything.

use crate::common::{OPEN, fresh, javascript, put, reopened, task, tick};
use tornister_store::IdbStore;
use tornister_sync::{
    account::AccountCard,
    kind::Kind,
    outbox::{OutboxRow, Status},
    record::prefix_range,
    store::Store as _,
};
use wasm_bindgen_test::wasm_bindgen_test;

/// The dump of each earlier and of the present version.
const DUMPS: [&str; 1] = [include_str!("dumps/version1.js")];

#[wasm_bindgen_test]
async fn a_database_of_any_version_opens_with_everything_in_it() {
    assert_eq!(DUMPS.len(), usize::from(tornister_store::schema::VERSION), "a new schema needs a dump");
    for dump in DUMPS {
        IdbStore::destroy_unopened("frozen").await.expect("a deletion");
        javascript(dump, "tornister.frozen").await;
        let store = reopened("frozen").await;
        let card = AccountCard::read(&store).await.expect("a read").expect("a card");
        assert_eq!((card.name.as_str(), card.limits.calls), ("Lena Sommer", 64));
        let open = store.range(Kind::Task, &prefix_range("open"), 9).await.expect("a range");
        assert_eq!(open, [br#"{"id":"t","taskListId":"l","title":"Vokabeln"}"#.to_vec()]);
        let points = store.all(Kind::SyncPoint).await.expect("all");
        assert_eq!(points, [br#"{"id":"Task","state":"s1"}"#.to_vec()]);
        let row = OutboxRow { number: 3, change: tick("t"), operation: String::new(), status: Status::Sent };
        assert_eq!(store.outbox().await.expect("an outbox"), [row]);
        let next = store.enqueue(tick("t")).await.expect("an enqueue").expect("a number");
        assert!(next > 3, "numbers go on where they were");
        drop(store);
        reopened("frozen").await;
    }
}

#[wasm_bindgen_test]
async fn what_is_written_today_has_the_frozen_form() {
    let store = fresh("form").await;
    put(&store, vec![task("t")]).await;
    store.enqueue(tick("t")).await.expect("an enqueue");
    let body = format!(
        "{}
        const database = await opened(name);
        const transaction = database.transaction(['records', 'outbox', 'key']);
        const all = await Promise.all(['records', 'outbox', 'key'].map(async (it) => {{
            const asked = transaction.objectStore(it).getAll();
            await new Promise((resolve) => {{ asked.onsuccess = resolve; }});
            return asked.result;
        }}));
        database.close();
        const form = (value) => value instanceof Uint8Array ? `bytes from ${{value[0]}}`
            : value instanceof CryptoKey ? `key, extractable: ${{value.extractable}}` : value;
        return JSON.stringify(all.map((rows) => rows.map((row) => Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, name === 's' ? form(value)
                : name === 'nonce' || name === 'wrapped' ? value.length : form(value)])))));",
        OPEN
    );
    let found = javascript(&body, "tornister.form").await.as_string().expect("text");
    assert_eq!(
        found,
        r#"[[{"k":"Task/t","l":["Task/done/9999999999999"],"s":"bytes from 1"}],[{"k":"1","l":[],"s":"bytes from 1"}],[{"key":"key, extractable: false","nonce":12,"wrapped":48}]]"#
    );
}
