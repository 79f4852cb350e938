//! The suite that every [`Store`] passes, on the host and in browsers. A test attribute and a way
//! to open an empty store are handed in; see [`store_conformance`](crate::store_conformance).

use tornister_protocol::tasks::Progress;

use super::{Batch, KeyRange, Store, StoreError};
use crate::{
    kind::Kind,
    outbox::{Change, OutboxRow, Status},
    record::{self, Record},
};

/// One test function for each story of the suite. `$open` is an async function from a store's name
/// to an empty store of that name; `$test` is an attribute that runs an async test.
#[macro_export]
macro_rules! store_conformance {
    ($open:path, #[$test:meta]) => {
        $crate::store_conformance!(@each $open, #[$test],
            a_batch_is_read_back,
            records_are_looked_up_together,
            a_later_put_replaces_payload_and_keys,
            a_range_answers_in_key_order_and_stops_at_the_limit,
            a_record_stands_in_a_range_once_for_each_key,
            kinds_do_not_mix,
            deletes_come_before_puts,
            a_prefix_delete_takes_only_what_begins_so,
            a_batch_for_another_outbox_writes_nothing,
            a_batch_for_another_point_writes_nothing,
            a_batch_for_a_record_that_is_gone_writes_nothing,
            a_queued_change_shows_at_once,
            a_queued_change_replaces_the_one_it_overrides,
            each_change_has_a_name_of_its_own,
            a_change_of_nothing_queues_nothing,
            numbers_are_never_used_twice,
            bytes_that_are_no_text_survive,
            clearing_leaves_nothing,
        );
    };
    (@each $open:path, #[$test:meta], $($story:ident,)*) => {$(
        #[$test]
        async fn $story() {
            $crate::store::conformance::$story(&$open(stringify!($story)).await).await;
        }
    )*};
}

fn record(kind: Kind, id: &str, keys: &[&str], payload: &str) -> Record {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Record { kind, id: id.to_owned(), keys, payload: payload.as_bytes().to_vec() }
}

fn task(id: &str, progress: &str) -> Record {
    let json = format!(r#"{{"id":"{id}","taskListId":"l","title":"Vokabeln","progress":"{progress}"}}"#);
    Record::from_json(Kind::Task, &json).expect("a task")
}

fn done(task_id: &str) -> Change {
    progress(task_id, Progress::Completed)
}

fn progress(task_id: &str, progress: Progress) -> Change {
    Change::Progress { task_id: task_id.to_owned(), progress }
}

async fn put(store: &impl Store, puts: Vec<Record>) {
    store.commit(&Batch { puts, ..Batch::default() }).await.expect("a commit");
}

async fn texts(store: &impl Store, kind: Kind, from: &str, to: &str, limit: usize) -> Vec<String> {
    let range = KeyRange { from: from.to_owned(), to: to.to_owned() };
    let payloads = store.range(kind, &range, limit).await.expect("a range");
    payloads.into_iter().map(|bytes| String::from_utf8(bytes).expect("text")).collect()
}

/// What is committed can be read by id, by kind and by key.
pub async fn a_batch_is_read_back(store: &impl Store) {
    put(store, vec![record(Kind::Lesson, "b", &["day/1"], "B"), record(Kind::Lesson, "a", &["day/2"], "A")])
        .await;
    assert_eq!(store.get(Kind::Lesson, "a").await.expect("a get").as_deref(), Some(&b"A"[..]));
    assert_eq!(store.get(Kind::Lesson, "c").await.expect("a get"), None);
    assert_eq!(store.ids(Kind::Lesson).await.expect("ids"), ["a", "b"]);
    assert_eq!(store.all(Kind::Lesson).await.expect("all"), [b"A".to_vec(), b"B".to_vec()]);
    assert_eq!(texts(store, Kind::Lesson, "day/", "day0", 9).await, ["B", "A"]);
}

/// What is asked for by several ids is told by its own.
pub async fn records_are_looked_up_together(store: &impl Store) {
    let lesson = |id: &str| record(Kind::Lesson, id, &[], id);
    put(store, vec![lesson("a"), lesson("b"), record(Kind::DayNote, "c", &[], "c")]).await;
    let ids = ["b", "c", "gone", "a"].map(str::to_owned);
    let mut found = store.some(Kind::Lesson, &ids).await.expect("a read");
    found.sort();
    assert_eq!(found, ["a", "b"].map(|id| (id.to_owned(), id.as_bytes().to_vec())));
    assert_eq!(store.some(Kind::Lesson, &[]).await.expect("a read"), []);
    let mut known = store.known(Kind::Lesson, &ids).await.expect("a read");
    known.sort();
    assert_eq!(known, ["a", "b"]);
    assert_eq!(store.known(Kind::Lesson, &[]).await.expect("a read"), [""; 0]);
}

/// An overwritten record leaves no trace in the lists that it stood in.
pub async fn a_later_put_replaces_payload_and_keys(store: &impl Store) {
    put(store, vec![record(Kind::Task, "t", &["open/1"], "old")]).await;
    put(store, vec![record(Kind::Task, "t", &["done/1"], "new")]).await;
    assert_eq!(texts(store, Kind::Task, "open/", "open0", 9).await, [""; 0]);
    assert_eq!(texts(store, Kind::Task, "done/", "done0", 9).await, ["new"]);
}

/// Lists are ranges of keys, cut at the limit; the end is not in.
pub async fn a_range_answers_in_key_order_and_stops_at_the_limit(store: &impl Store) {
    let puts = ["4", "2", "1", "3"].map(|n| record(Kind::Email, n, &[&format!("folder/{n}")], n));
    put(store, puts.to_vec()).await;
    assert_eq!(texts(store, Kind::Email, "folder/1", "folder/4", 9).await, ["1", "2", "3"]);
    assert_eq!(texts(store, Kind::Email, "folder/2", "folder0", 2).await, ["2", "3"]);
    assert_eq!(texts(store, Kind::Email, "folder/4", "folder/2", 9).await, [""; 0]);
}

/// An event of two days is listed on both.
pub async fn a_record_stands_in_a_range_once_for_each_key(store: &impl Store) {
    put(store, vec![record(Kind::CalendarEvent, "e", &["day/1", "day/2"], "E")]).await;
    assert_eq!(texts(store, Kind::CalendarEvent, "day/1", "day/3", 9).await, ["E", "E"]);
    assert_eq!(texts(store, Kind::CalendarEvent, "day/2", "day/3", 9).await, ["E"]);
}

/// The same id and key in two kinds are two records.
pub async fn kinds_do_not_mix(store: &impl Store) {
    put(
        store,
        vec![record(Kind::Email, "1", &["k/1"], "mail"), record(Kind::EmailBody, "1", &["k/1"], "body")],
    )
    .await;
    assert_eq!(texts(store, Kind::Email, "k/", "k0", 9).await, ["mail"]);
    let batch = Batch { deletes: vec![(Kind::Email, "1".to_owned())], ..Batch::default() };
    store.commit(&batch).await.expect("a commit");
    assert_eq!(store.get(Kind::Email, "1").await.expect("a get"), None);
    assert_eq!(texts(store, Kind::EmailBody, "k/", "k0", 9).await, ["body"]);
}

/// A batch may remove and write the same id.
pub async fn deletes_come_before_puts(store: &impl Store) {
    put(store, vec![record(Kind::Task, "t", &["open/1"], "old")]).await;
    let batch = Batch {
        deletes: vec![(Kind::Task, "t".to_owned())],
        puts: vec![record(Kind::Task, "t", &["open/2"], "new")],
        ..Batch::default()
    };
    store.commit(&batch).await.expect("a commit");
    assert_eq!(texts(store, Kind::Task, "open/", "open0", 9).await, ["new"]);
}

/// A mail takes its own blobs with it, not those of a mail with a longer id.
pub async fn a_prefix_delete_takes_only_what_begins_so(store: &impl Store) {
    let puts = ["m1/a", "m1/b", "m10/a", "m1"].map(|id| record(Kind::Blob, id, &[], id));
    put(store, puts.to_vec()).await;
    let batch = Batch { delete_prefixes: vec![(Kind::Blob, "m1/".to_owned())], ..Batch::default() };
    store.commit(&batch).await.expect("a commit");
    assert_eq!(store.ids(Kind::Blob).await.expect("ids"), ["m1", "m10/a"]);
}

/// A sync that worked from an older outbox has to look again.
pub async fn a_batch_for_another_outbox_writes_nothing(store: &impl Store) {
    put(store, vec![task("t", "needs-action")]).await;
    let number = store.enqueue(done("t")).await.expect("an enqueue").expect("a number");
    let batch = Batch {
        puts: vec![record(Kind::Lesson, "l", &[], "L")],
        expected_outbox: Some(Vec::new()),
        ..Batch::default()
    };
    let refused = store.commit(&batch).await;
    assert!(matches!(refused, Err(StoreError::OutboxMoved)), "{refused:?}");
    assert_eq!(store.get(Kind::Lesson, "l").await.expect("a get"), None);
    let pending = store.outbox().await.expect("an outbox");
    let row = OutboxRow { status: Status::Sent, ..pending[0].clone() };
    assert_eq!((row.number, &row.change), (number, &done("t")));
    let other_status = Batch { expected_outbox: Some(vec![row.clone()]), ..batch.clone() };
    let refused = store.commit(&other_status).await;
    assert!(matches!(refused, Err(StoreError::OutboxMoved)), "{refused:?}");
    let expected_outbox = Some(pending);
    store.commit(&Batch { expected_outbox, ..batch }).await.expect("a commit");
    assert!(store.get(Kind::Lesson, "l").await.expect("a get").is_some());
}

/// A sync that another process has overtaken has to plan again.
pub async fn a_batch_for_another_point_writes_nothing(store: &impl Store) {
    let points = ["a", "b"].map(|id| record(Kind::SyncPoint, id, &[], &format!("point {id}")));
    put(store, points.to_vec()).await;
    let with = |points: &[&[u8]]| Batch {
        puts: vec![record(Kind::Lesson, "l", &[], "L")],
        expected_points: Some(points.iter().map(|point| point.to_vec()).collect()),
        ..Batch::default()
    };
    for other in [&[][..], &[&b"point a"[..]], &[b"point b", b"point a"], &[b"point a", b"point c"]] {
        let refused = store.commit(&with(other)).await;
        assert!(matches!(refused, Err(StoreError::PointsMoved)), "{refused:?}");
    }
    assert_eq!(store.get(Kind::Lesson, "l").await.expect("a get"), None);
    store.commit(&with(&[b"point a", b"point b"])).await.expect("a commit");
    assert!(store.get(Kind::Lesson, "l").await.expect("a get").is_some());
}

/// A body that arrives after its mail has gone is not kept.
pub async fn a_batch_for_a_record_that_is_gone_writes_nothing(store: &impl Store) {
    let batch = Batch {
        puts: vec![record(Kind::EmailBody, "m", &[], "body")],
        only_with: Some((Kind::Email, "m".to_owned())),
        ..Batch::default()
    };
    let refused = store.commit(&batch).await;
    assert!(matches!(refused, Err(StoreError::Gone)), "{refused:?}");
    assert_eq!(store.get(Kind::EmailBody, "m").await.expect("a get"), None);
    put(store, vec![record(Kind::Email, "m", &[], "mail")]).await;
    store.commit(&batch).await.expect("a commit");
    assert!(store.get(Kind::EmailBody, "m").await.expect("a get").is_some());
}

/// A tick moves the homework to the other list before any network is asked.
pub async fn a_queued_change_shows_at_once(store: &impl Store) {
    put(store, vec![task("t", "needs-action")]).await;
    let number = store.enqueue(done("t")).await.expect("an enqueue");
    let rows = store.outbox().await.expect("an outbox");
    assert_eq!(rows.iter().map(|row| Some(row.number)).collect::<Vec<_>>(), [number]);
    assert_eq!(rows[0].change, done("t"));
    assert_eq!(rows[0].status, Status::Pending);
    let listed = texts(store, Kind::Task, &format!("{}/", record::DONE), "done0", 9).await;
    assert_eq!(listed.len(), 1);
    assert!(listed[0].contains("completed"), "{listed:?}");
    assert_eq!(texts(store, Kind::Task, "open/", "open0", 9).await, [""; 0]);
}

/// Ticking and unticking leaves the last word only.
pub async fn a_queued_change_replaces_the_one_it_overrides(store: &impl Store) {
    put(store, vec![task("t", "needs-action"), task("u", "needs-action")]).await;
    store.enqueue(done("t")).await.expect("an enqueue");
    store.enqueue(done("u")).await.expect("an enqueue");
    store.enqueue(progress("t", Progress::InProcess)).await.expect("an enqueue");
    let changes: Vec<Change> =
        store.outbox().await.expect("an outbox").into_iter().map(|row| row.change).collect();
    assert_eq!(changes, [done("u"), progress("t", Progress::InProcess)]);
}

/// By its name the server knows a change again.
pub async fn each_change_has_a_name_of_its_own(store: &impl Store) {
    put(store, vec![task("t", "needs-action"), task("u", "needs-action")]).await;
    store.enqueue(done("t")).await.expect("an enqueue");
    store.enqueue(done("u")).await.expect("an enqueue");
    let queued = store.outbox().await.expect("an outbox");
    let [one, other] = [&queued[0], &queued[1]].map(|row| row.operation.clone());
    assert!(!one.is_empty() && one != other, "{one:?}, {other:?}");
    let sent = OutboxRow { status: Status::Sent, ..queued[0].clone() };
    store.commit(&Batch { outbox_puts: vec![sent.clone()], ..Batch::default() }).await.expect("a commit");
    assert_eq!(store.outbox().await.expect("an outbox")[0], sent, "it is sent again under the same name");
}

/// What is so already, or is gone, needs no row.
pub async fn a_change_of_nothing_queues_nothing(store: &impl Store) {
    put(store, vec![task("t", "completed")]).await;
    assert_eq!(store.enqueue(done("t")).await.expect("an enqueue"), None);
    assert_eq!(store.enqueue(done("gone")).await.expect("an enqueue"), None);
    assert_eq!(store.enqueue(Change::Unknown).await.expect("an enqueue"), None);
    assert_eq!(store.outbox().await.expect("an outbox"), []);
}

/// A number that is free again could be mistaken for the change that had it.
pub async fn numbers_are_never_used_twice(store: &impl Store) {
    put(store, vec![task("t", "needs-action"), task("u", "needs-action")]).await;
    let first = store.enqueue(done("t")).await.expect("an enqueue").expect("a number");
    let batch = Batch { outbox_deletes: vec![first], ..Batch::default() };
    store.commit(&batch).await.expect("a commit");
    let second = store.enqueue(done("u")).await.expect("an enqueue").expect("a number");
    assert!(second > first, "{second} after {first}");
    let mut row = store.outbox().await.expect("an outbox").remove(0);
    row.change = Change::Unknown;
    store.commit(&Batch { outbox_puts: vec![row.clone()], ..Batch::default() }).await.expect("a commit");
    assert_eq!(store.outbox().await.expect("an outbox"), [row]);
}

/// A picture comes back as it went in.
pub async fn bytes_that_are_no_text_survive(store: &impl Store) {
    let payload: Vec<u8> = (0..=u8::MAX).rev().collect();
    let picture = Record { kind: Kind::Blob, id: "m/ä".to_owned(), keys: Vec::new(), payload };
    put(store, vec![picture.clone()]).await;
    assert_eq!(store.get(Kind::Blob, "m/ä").await.expect("a get"), Some(picture.payload));
}

/// Logout.
pub async fn clearing_leaves_nothing(store: &impl Store) {
    put(store, vec![task("t", "needs-action"), record(Kind::Meta, "m", &["x/1"], "{}")]).await;
    store.enqueue(done("t")).await.expect("an enqueue");
    store.clear().await.expect("a clear");
    for &kind in Kind::ALL {
        assert_eq!(store.ids(kind).await.expect("ids"), [""; 0], "{kind:?}");
    }
    assert_eq!(store.outbox().await.expect("an outbox"), []);
    assert_eq!(texts(store, Kind::Meta, "x/", "x0", 9).await, [""; 0]);
}
