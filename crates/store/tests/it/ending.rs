//! Everything that may happen to a database beneath the app: each ends in a store that works, or in an
//! answer that says what to do.

use crate::common::{OPEN, fresh, javascript, put, reopened, tamper, task, tick};
use tornister_store::{Ended, IdbStore, KeyPolicy, Pass, accounts};
use tornister_sync::{
    account::AccountCard,
    kind::Kind,
    outbox::OutboxRow,
    record::Record,
    store::{Store as _, StoreError, room},
};
use wasm_bindgen_test::wasm_bindgen_test;

async fn is_there(account: &str) -> bool {
    accounts().await.expect("a list").contains(&account.to_owned())
}

#[wasm_bindgen_test]
async fn a_newer_app_in_another_tab_upgrades_at_once_and_this_one_is_told() {
    let store = fresh("upgraded").await;
    let upgrade = format!("{OPEN} (await opened(name, 99)).close();");
    let (ended, _) =
        futures_util::future::join(store.ended(), javascript(&upgrade, "tornister.upgraded")).await;
    assert_eq!((ended, store.ended().await), (Ended::Upgraded, Ended::Upgraded));
    let refused = store.get(Kind::Task, "t").await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
    let refused = IdbStore::open("upgraded").await;
    assert!(matches!(refused, Err(StoreError::Newer)), "this page is too old: {refused:?}");
    IdbStore::destroy_unopened("upgraded").await.expect("a deletion");
}

#[wasm_bindgen_test]
async fn a_logout_in_another_tab_is_told() {
    let store = fresh("deleted").await;
    let other = reopened("deleted").await;
    let (ended, destroyed) = futures_util::future::join(store.ended(), other.destroy()).await;
    destroyed.expect("a deletion");
    assert_eq!(ended, Ended::Deleted);
    assert!(matches!(store.enqueue(tick("t")).await, Err(StoreError::Closed)));
}

#[wasm_bindgen_test]
async fn a_half_made_database_is_nobodys() {
    for (name, stores) in [("half", "['records']"), ("none", "[]")] {
        IdbStore::destroy_unopened(name).await.expect("a deletion");
        let make = format!(
            "{OPEN} (await opened(name, 1, (database) => {stores}.forEach((it) => database.createObjectStore(it)))).close();"
        );
        javascript(&make, &format!("tornister.{name}")).await;
        assert!(IdbStore::open(name).await.expect("an opening").is_none());
        IdbStore::clear_away(name).await.expect("a deletion");
        assert!(!is_there(name).await);
    }
}

#[wasm_bindgen_test]
async fn who_opens_what_was_deleted_does_not_bring_it_back() {
    fresh("gone").await.destroy().await.expect("a deletion");
    // What nobody catches ends a worker.
    javascript("self.uncaught = []; self.onerror = (message) => void self.uncaught.push(message);", "").await;
    assert!(IdbStore::open("gone").await.expect("an opening").is_none());
    assert!(!is_there("gone").await);
    let uncaught = javascript("self.onerror = null; return self.uncaught.join();", "").await;
    assert_eq!(uncaught.as_string().as_deref(), Some(""));
}

#[wasm_bindgen_test]
async fn records_without_their_key_are_nobodys() {
    let store = fresh("keyless").await;
    put(&store, vec![task("t")]).await;
    drop(store);
    tamper("keyless", "key.clear()").await;
    assert!(IdbStore::open("keyless").await.expect("an opening").is_none());
}

#[wasm_bindgen_test]
async fn a_key_without_records_opens_an_empty_store() {
    let store = fresh("empty").await;
    put(&store, vec![task("t")]).await;
    drop(store);
    tamper("empty", "records.clear()").await;
    let store = reopened("empty").await;
    let card = AccountCard::read(&store).await.expect("a read");
    assert_eq!((card, store.ids(Kind::Task).await.expect("ids").len()), (None, 0));
}

#[wasm_bindgen_test]
async fn a_key_whose_bytes_were_changed_is_no_key() {
    drop(fresh("bent").await);
    let bend = "key.get('1').onsuccess = ({ target: { result } }) => { result.wrapped[0] ^= 1; key.put(result, '1'); }";
    tamper("bent", bend).await;
    assert!(IdbStore::open("bent").await.expect("an opening").is_none());
}

#[wasm_bindgen_test]
async fn an_account_that_does_not_open_is_nobodys() {
    let store = fresh("card").await;
    let card = Record { kind: Kind::Meta, id: "account".to_owned(), keys: vec![], payload: b"{}".to_vec() };
    put(&store, vec![card]).await;
    drop(store);
    tamper("card", &spoil("records", "'Meta/account'")).await;
    let ahead = IdbStore::open_ahead("card", vec![AccountCard::question()]).await.expect("an opening");
    let store = ahead.expect("a key");
    assert_eq!(AccountCard::read(&store).await.expect("a read"), None);
}

/// Changes a byte of a sealed row.
fn spoil(store: &str, key: &str) -> String {
    format!(
        "{store}.get({key}).onsuccess = ({{ target: {{ result }} }}) => {{ result.s[40] ^= 1; {store}.put(result, {key}); }}"
    )
}

#[wasm_bindgen_test]
async fn a_broken_record_does_not_cost_its_neighbours_and_comes_again() {
    let store = fresh("broken").await;
    let point = Record {
        kind: Kind::SyncPoint,
        id: "Task".to_owned(),
        keys: vec![],
        payload: br#"{"id":"Task","state":"s1"}"#.to_vec(),
    };
    put(&store, vec![task("a"), task("b"), task("c"), point]).await;
    tamper("broken", &spoil("records", "'Task/b'")).await;
    let mended = store.clone();
    store.on_broken(move |broken| {
        let store = mended.clone();
        wasm_bindgen_futures::spawn_local(async move {
            tornister_sync::engine::repair(&store, broken).await.expect("a repair");
        });
    });
    assert_eq!(store.all(Kind::Task).await.expect("all").len(), 2);
    // The repair is under way: the broken one goes, and its type is to be compared with the server.
    loop {
        let ids = store.ids(Kind::Task).await.expect("ids");
        if ids == ["a", "c"] {
            break;
        }
    }
    let point = store.get(Kind::SyncPoint, "Task").await.expect("a get").expect("a point");
    assert!(String::from_utf8_lossy(&point).contains(r#""sweep":true"#));
}

#[wasm_bindgen_test]
async fn a_broken_change_does_not_keep_the_others() {
    let store = fresh("change").await;
    put(&store, vec![task("a"), task("b")]).await;
    let first = store.enqueue(tick("a")).await.expect("an enqueue").expect("a number");
    let second = store.enqueue(tick("b")).await.expect("an enqueue").expect("a number");
    tamper("change", &spoil("outbox", &first.to_string())).await;
    let rows = store.outbox().await.expect("an outbox");
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [first, second]);
    assert_eq!(rows[0], OutboxRow::lost(first), "the user hears of it");
    let batch = tornister_sync::store::Batch {
        expected_outbox: Some(rows),
        puts: vec![task("c")],
        ..Default::default()
    };
    store.commit(&batch).await.expect("a commit");
}

#[wasm_bindgen_test]
async fn a_key_in_memory_opens_for_those_who_are_handed_it_and_for_nobody_else() {
    IdbStore::destroy_unopened("memory").await.expect("a deletion");
    let store = IdbStore::create("memory", KeyPolicy::Memory).await.expect("a store");
    put(&store, vec![task("t")]).await;
    assert!(IdbStore::open("memory").await.expect("an opening").is_none(), "another tab has no key");
    let pass = store.pass().expect("a pass");
    assert!(!format!("{pass:?}").contains(pass.to_text().as_str()));
    let worker = IdbStore::open_with("memory", Pass::from_text(&pass.to_text()).expect("a pass"));
    let worker = worker.await.expect("an opening").expect("a store");
    assert!(worker.get(Kind::Task, "t").await.expect("a get").is_some());
    assert!(Pass::from_text("7").is_none() && Pass::from_text(&"ü".repeat(32)).is_none());
    assert!(fresh("kept").await.pass().is_none(), "a key that is kept is never handed out");

    IdbStore::clear_away("memory").await.expect("nothing to do");
    assert!(is_there("memory").await, "this tab lives");
    store.destroy().await.expect("a deletion");
    assert!(IdbStore::open_with("memory", pass).await.expect("an opening").is_none());
}

#[wasm_bindgen_test]
async fn what_a_closed_tab_leaves_behind_is_unreadable_and_goes_at_the_next_start() {
    drop(fresh("left").await);
    // As the database of a tab that had the key in its memory.
    tamper("left", "key.put({ policy: 'memory' }, '1')").await;
    assert!(IdbStore::open("left").await.expect("an opening").is_none());
    IdbStore::clear_away("left").await.expect("a deletion");
    assert!(!is_there("left").await);
}

#[wasm_bindgen_test]
async fn a_key_that_a_newer_version_keeps_in_another_way_is_left_alone() {
    drop(fresh("pin").await);
    tamper("pin", "key.put({ policy: 'pin', salt: 'x' }, '1')").await;
    assert!(matches!(IdbStore::open("pin").await, Err(StoreError::Newer)));
    assert!(is_there("pin").await);
    IdbStore::destroy_unopened("pin").await.expect("a deletion");
}

#[wasm_bindgen_test]
async fn what_the_user_did_is_written_strictly_and_the_rest_relaxed() {
    let store = fresh("durable").await;
    let spy = "
        const real = IDBDatabase.prototype.transaction;
        globalThis.durabilities = [];
        IDBDatabase.prototype.transaction = function (stores, mode, options) {
            if (mode === 'readwrite') globalThis.durabilities.push(options?.durability ?? 'none');
            return real.call(this, stores, mode, options);
        };
        globalThis.endSpying = () => { IDBDatabase.prototype.transaction = real; };";
    javascript(spy, "").await;
    put(&store, vec![task("t")]).await;
    let number = store.enqueue(tick("t")).await.expect("an enqueue").expect("a number");
    let sent = tornister_sync::store::Batch { outbox_deletes: vec![number], ..Default::default() };
    store.commit(&sent).await.expect("a commit");
    let seen = javascript("endSpying(); return durabilities.join();", "").await;
    assert_eq!(seen.as_string().as_deref(), Some("relaxed,strict,strict"));
}

#[wasm_bindgen_test]
async fn a_tick_that_finds_no_room_finds_it_where_old_attachments_were() {
    let store = fresh("full").await;
    let mail = |id: &str, day: &str| {
        let json = format!(
            r#"{{"id":"{id}","blobId":"b","threadId":"t","mailboxIds":{{"i":true}},"keywords":{{}},"size":1,"receivedAt":"{day}T08:00:00Z","hasAttachment":true,"preview":""}}"#
        );
        Record::from_json(Kind::Email, &json).expect("a mail")
    };
    let blob = |id: &str| Record { kind: Kind::Blob, id: id.to_owned(), keys: vec![], payload: vec![1; 9] };
    let mails =
        [mail("old", "2026-01-10"), mail("new", "2026-11-18"), blob("old/b"), blob("new/b"), task("t")];
    put(&store, mails.to_vec()).await;
    let fill = "
        const real = IDBObjectStore.prototype.put;
        let refusals = 1;
        IDBObjectStore.prototype.put = function (...all) {
            if (refusals-- > 0) throw new DOMException('no room', 'QuotaExceededError');
            IDBObjectStore.prototype.put = real;
            return real.apply(this, all);
        };";
    javascript(fill, "").await;
    let refused = store.enqueue(tick("t")).await;
    assert!(matches!(refused, Err(StoreError::QuotaExceeded)), "{refused:?}");
    assert!(room::make(&store).await.expect("a commit"), "something was given up");
    store.enqueue(tick("t")).await.expect("room").expect("a number");
    assert_eq!(store.ids(Kind::Blob).await.expect("ids"), ["new/b"], "never today's");
    assert_eq!(store.outbox().await.expect("an outbox").len(), 1);
}
