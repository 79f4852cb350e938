//! A device without room.

use serde_json::json;
use tornister_protocol::id::EmailId;
use tornister_sync::{
    engine::{Engine, SyncError},
    kind::Kind,
    outbox::Change,
    read::{Kept, Reader},
    store::{
        MemoryStore, Store as _, StoreError,
        room::{GivenUp, Spare, Wish},
    },
};

use crate::{
    device::{link, mail, task, whole},
    server::Server,
    tight::TightStore,
};

struct Phone {
    store: TightStore,
    server: Server,
    engine: Engine<TightStore, Server>,
}

/// Forty mails of four days, ten a day, the newest day's the last; each with an attachment.
fn phone() -> Phone {
    let server = Server::with_limits(link().limits);
    for number in 0..40 {
        let mut mail = mail(number);
        let (day, minute) = (9 + number / 10, number % 10);
        mail["receivedAt"] = json!(format!("2026-11-{day:02}T08:{minute:02}:00Z"));
        mail["attachments"] =
            json!([{"partId": "2", "blobId": format!("b{number}"), "size": 3, "type": "image/png"}]);
        server.put_blob(&format!("b{number}"), &[1, 2, 3]);
        server.put("Email", mail);
    }
    server.put("Task", task("t1"));
    let store = TightStore::with(MemoryStore::default());
    let engine = Engine::new(store.clone(), server.clone(), link());
    Phone { store, server, engine }
}

impl Phone {
    async fn ids(&self, kind: Kind) -> Vec<String> {
        self.store.ids(kind).await.expect("ids")
    }

    async fn given_up(&self) -> GivenUp {
        GivenUp::read(&self.store).await.expect("a read")
    }

    fn has_sacrificed(&self) -> Option<(Kind, String)> {
        self.store.sacrificed.take()
    }
}

#[pollster::test]
async fn with_room_nothing_is_given_up() {
    let phone = phone();
    let report = whole(&phone.engine).await.expect("a sync");
    assert!(!report.made_room);
    assert_eq!((phone.ids(Kind::Blob).await.len(), phone.ids(Kind::EmailBody).await.len()), (40, 40));
    assert_eq!(phone.given_up().await, GivenUp::default());
}

#[pollster::test]
async fn the_oldest_attachments_go_first_and_bodies_after_all_of_them() {
    let phone = phone();
    whole(&phone.engine).await.expect("a sync");
    let full = phone.store.count();
    for (new, attachments, bodies) in [(10, 30, 40), (25, 10, 20)] {
        // The day's new mail needs more room than there is.
        phone.store.room.set(Some(full + 2));
        for number in 0..new {
            let mut mail = mail(1_000 + new * 100 + number);
            mail["receivedAt"] = json!("2026-11-13T08:00:00Z");
            phone.server.put("Email", mail);
        }
        let report = whole(&phone.engine).await.expect("a sync");
        assert!(report.made_room);
        let kept = phone.ids(Kind::Blob).await;
        assert!(kept.len() <= attachments, "{kept:?}");
        let newest = |kind: &[String]| kind.iter().filter(|id| id.as_str() >= "m0030").count();
        assert!(kept.is_empty() || newest(&kept) > 0, "the newest stay: {kept:?}");
        let kept = phone.ids(Kind::EmailBody).await;
        assert!(kept.len() >= bodies, "{kept:?}");
        assert_eq!(phone.has_sacrificed(), None);
    }
    assert_eq!(phone.ids(Kind::Email).await.len(), 75, "headers stay");
    let given_up = phone.given_up().await;
    assert!(given_up.attachments >= 30 && given_up.bodies > 0, "the user can be told: {given_up:?}");
}

#[pollster::test]
async fn a_first_sync_without_room_for_all_keeps_the_newest_and_ends() {
    let phone = phone();
    // Headers, points and facts, and a third of the rest.
    phone.store.room.set(Some(40 + 10 + 25));
    let report = whole(&phone.engine).await.expect("a sync");
    assert!(report.made_room && report.failed.is_empty(), "{report:?}");
    assert_eq!(phone.ids(Kind::Email).await.len(), 40);
    let bodies = phone.ids(Kind::EmailBody).await;
    assert!((10..=25).contains(&bodies.len()), "{bodies:?}");
    assert!(bodies.iter().all(|id| *id >= bodies[0]) && bodies.last().expect("one") == "m0039", "{bodies:?}");
    assert_eq!(bodies.len(), (bodies[0][1..].parse::<usize>().expect("a number")..40).count(), "no gaps");
    assert_eq!(phone.has_sacrificed(), None);
}

#[pollster::test]
async fn what_was_given_up_is_not_fetched_again_by_itself_but_with_a_tap() {
    let phone = phone();
    phone.store.room.set(Some(40 + 10 + 25));
    whole(&phone.engine).await.expect("a sync");
    phone.server.take_requests();
    let before = phone.ids(Kind::EmailBody).await;
    whole(&phone.engine).await.expect("a sync");
    assert_eq!(phone.server.take_requests().len(), 1, "one look and no more");
    assert_eq!(phone.ids(Kind::EmailBody).await, before);

    let old = EmailId::from("m0000");
    let reader = Reader(phone.store.clone());
    assert_eq!(reader.body(&old).await.expect("a read"), Kept::OnServer);
    phone.engine.fetch_body(&old).await.expect("an answer").expect("a body");
    assert!(matches!(reader.body(&old).await.expect("a read"), Kept::Here(_)), "however old it is");
    assert_eq!(phone.has_sacrificed(), None);
}

#[pollster::test]
async fn changes_of_the_users_survive_and_are_sent_however_full_the_device_is() {
    let phone = phone();
    whole(&phone.engine).await.expect("a sync");
    let tick = Change::Progress {
        task_id: "t1".to_owned(),
        progress: tornister_protocol::tasks::Progress::Completed,
    };
    phone.store.enqueue(tick).await.expect("an enqueue").expect("a number");
    phone.store.room.set(Some(phone.store.count() - 15));
    whole(&phone.engine).await.expect("a sync");
    assert_eq!(phone.server.get("Task", "t1").expect("a task")["progress"], "completed");
    assert_eq!(phone.store.outbox().await.expect("an outbox"), []);
}

#[pollster::test]
async fn where_nothing_may_go_any_more_the_sync_says_so_and_ends() {
    let phone = phone();
    phone.store.room.set(Some(20));
    let refused = whole(&phone.engine).await;
    assert!(matches!(refused, Err(SyncError::Store(StoreError::QuotaExceeded))), "{refused:?}");
    phone.store.room.set(None);
    whole(&phone.engine).await.expect("room again");
    assert_eq!(phone.ids(Kind::Email).await.len(), 40);
}

#[pollster::test]
async fn a_mail_dated_tomorrow_does_not_give_today_away() {
    let phone = phone();
    let mut wrong = mail(99);
    wrong["receivedAt"] = json!("2031-01-01T00:00:00Z");
    phone.server.put("Email", wrong);
    let mut today = mail(98);
    today["receivedAt"] = json!("2026-11-18T05:00:00Z");
    phone.server.put("Email", today);
    whole(&phone.engine).await.expect("a sync");
    let mut batch = tornister_sync::store::Batch::default();
    let mut spare = Spare::of(&phone.store, &batch, Wish::Device).await.expect("a read");
    while spare.give_up(&phone.store, &mut batch).await.expect("a commit") {}
    assert_eq!(phone.ids(Kind::EmailBody).await, ["m0098", "m0099"]);
}

#[pollster::test]
async fn a_clock_that_was_set_back_does_not_spare_everything() {
    let phone = phone();
    whole(&phone.engine).await.expect("a sync");
    let long_ago = "2019-01-01T00:00:00Z".parse().expect("a moment");
    phone.engine.sync(long_ago, |_| ()).await.expect("a sync");
    let mut batch = tornister_sync::store::Batch::default();
    let mut spare = Spare::of(&phone.store, &batch, Wish::Device).await.expect("a read");
    while spare.give_up(&phone.store, &mut batch).await.expect("a commit") {}
    let kept = phone.ids(Kind::EmailBody).await;
    assert_eq!((kept.len(), kept[0].as_str()), (10, "m0030"), "the newest day's stay");
}
