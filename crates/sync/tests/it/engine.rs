//! Stories of a device and a server, through the engine's public door.

use serde_json::{Value, json};
use tornister_protocol::{
    id::{BlobId, EmailId, MailboxId, TaskId},
    mail::keyword,
    tasks::Progress,
};
use tornister_sync::{
    engine::Engine,
    kind::Kind,
    outbox::Change,
    store::{Batch, KeyRange, MemoryStore, Store, StoreError},
    transport::{Transport, TransportError},
};

use crate::{
    device::{Device, link, mail, now, school, task, whole},
    server::{Server, Trouble},
};

#[pollster::test]
async fn the_first_sync_brings_everything() {
    let device = Device::new(school());
    device.synced().await;
    assert_eq!(device.ids(Kind::Email).await.len(), 120);
    assert_eq!(device.ids(Kind::EmailBody).await.len(), 120);
    assert_eq!(device.ids(Kind::Lesson).await, ["past", "today"]);
    assert_eq!(device.ids(Kind::Task).await, ["t1", "t2"]);
    assert_eq!(device.read().last_synced().await.expect("a read"), Some(now()));
}

#[pollster::test]
async fn the_first_answer_holds_the_newest_mail_and_this_week() {
    let server = school();
    let device = Device::new(server.clone());
    // The second request does not arrive: what is there comes from the first.
    server.trouble(&[Trouble::Reversed, Trouble::RequestLost]);
    device.sync().await.expect_err("no network");
    assert_eq!(device.ids(Kind::Lesson).await, ["today"]);
    let newest = device.read().emails(&MailboxId::from("inbox"), None, None, 1).await.expect("a read");
    assert_eq!(newest[0].subject.as_deref(), Some("Nachricht 119"));
    assert_eq!(device.ids(Kind::Email).await.len(), 50);
    // And it goes on from there.
    server.take_requests();
    device.synced().await;
    assert_eq!(device.ids(Kind::Email).await.len(), 120);
    assert_eq!(device.ids(Kind::Lesson).await, ["past", "today"]);
}

#[pollster::test]
async fn the_first_answer_holds_open_homework_and_the_next_two_weeks() {
    let server = school();
    for number in 0..300 {
        let mut done = task(&format!("a{number}"));
        done["progress"] = json!("completed");
        server.put("Task", done);
        server.put("CalendarEvent", event(&format!("a{number}"), "2026-03-02"));
    }
    server.put("CalendarEvent", event("z-soon", "2026-12-01"));
    server.put("CalendarEvent", event("z-later", "2027-01-08"));
    let device = Device::new(server.clone());
    server.trouble(&[Trouble::Reversed, Trouble::RequestLost]);
    device.sync().await.expect_err("no network");
    assert_eq!(device.ids(Kind::Task).await, ["t1", "t2"]);
    assert_eq!(device.ids(Kind::CalendarEvent).await, ["z-soon"]);
    device.synced().await;
    assert_eq!(device.ids(Kind::Task).await.len(), 302);
    assert_eq!(device.ids(Kind::CalendarEvent).await.len(), 302);
}

/// From noon to one on a day.
fn event(id: &str, date: &str) -> Value {
    json!({
        "id": id, "calendarIds": {"c": true}, "title": "Termin",
        "tornister.app:occurrences": [{"start": format!("{date}T12:00:00"), "end": format!("{date}T13:00:00")}],
    })
}

#[pollster::test]
async fn an_account_without_changes_costs_one_request() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.take_requests();
    device.synced().await;
    assert_eq!(server.take_requests().len(), 1);
}

#[pollster::test]
async fn changes_of_several_types_arrive_in_one_request() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.take_requests();
    server.put("Email", mail(200));
    server.destroy("Email", "m0003");
    let mut changed = task("t1");
    changed["title"] = json!("Vokabeln, Seite 12");
    server.put("Task", changed);
    device.synced().await;
    assert_eq!(server.take_requests().len(), 1);
    let ids = device.ids(Kind::Email).await;
    assert!(ids.contains(&"m0200".to_owned()) && !ids.contains(&"m0003".to_owned()), "{ids:?}");
    assert_eq!(device.ids(Kind::EmailBody).await, ids);
    let task = device.read().task(&TaskId::from("t1")).await.expect("a read").expect("a task");
    assert_eq!(task.title, "Vokabeln, Seite 12");
}

#[pollster::test]
async fn more_changes_than_one_answer_holds_all_arrive() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    (1_000..1_700).for_each(|number| server.put("Email", mail(number)));
    device.synced().await;
    assert_eq!(device.ids(Kind::Email).await.len(), 820);
}

#[pollster::test]
async fn a_tick_made_offline_arrives_exactly_once_though_the_answer_is_lost() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    assert_eq!(device.progress("t1").await, Progress::Completed);
    server.trouble(&[Trouble::RequestLost, Trouble::AnswerLost]);
    device.sync().await.expect_err("no network");
    device.sync().await.expect_err("the answer is lost");
    assert_eq!(device.read().pending_changes().await.expect("a read"), 1);
    device.synced().await;
    assert_eq!(server.get("Task", "t1").expect("a task")["progress"], "completed");
    assert_eq!(server.effects().len(), 1);
    assert_eq!(device.read().pending_changes().await.expect("a read"), 0);
}

#[pollster::test]
async fn a_mail_read_on_the_device_is_read_on_the_server() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    let seen = Change::Keyword { email_id: "m0119".into(), keyword: keyword::SEEN.into(), present: true };
    device.store.enqueue(seen).await.expect("an enqueue").expect("a number");
    let unread = device.read().unread_emails(200).await.expect("a read");
    assert_eq!(unread.len(), 119);
    device.synced().await;
    assert_eq!(server.get("Email", "m0119").expect("a mail")["keywords"], json!({"$seen": true}));
    assert!(device.read().email(&EmailId::from("m0119")).await.expect("a read").expect("a mail").is_seen());
}

#[pollster::test]
async fn a_refused_change_gives_way_to_the_servers_word_and_is_told() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.refuse_sets(true);
    device.tick("t1").await;
    device.synced().await;
    assert_eq!(device.progress("t1").await, Progress::NeedsAction);
    let refused = device.read().refused_changes().await.expect("a read");
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].name.as_deref(), Some("Vokabeln"));
    server.take_requests();
    device.synced().await;
    assert!(!server.take_requests().concat().contains(&"Task/set".to_owned()), "it is not sent again");
    device.read().dismiss_refused(vec![refused[0].number]).await.expect("a commit");
    assert_eq!(device.read().refused_changes().await.expect("a read"), []);
}

#[pollster::test]
async fn a_change_for_something_that_is_gone_does_not_block_the_others() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    device.tick("t2").await;
    server.destroy("Task", "t1");
    device.synced().await;
    assert_eq!(device.ids(Kind::Task).await, ["t2"]);
    assert_eq!(server.get("Task", "t2").expect("a task")["progress"], "completed");
}

#[pollster::test]
async fn a_waiting_change_stays_visible_when_the_server_sends_its_older_object() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    let mut changed = task("t1");
    changed["title"] = json!("Vokabeln, Seite 12");
    server.put("Task", changed);
    device.synced().await;
    let task = device.read().task(&TaskId::from("t1")).await.expect("a read").expect("a task");
    assert_eq!((task.title.as_str(), task.progress), ("Vokabeln, Seite 12", Progress::Completed));
}

/// A pupil who ticks homework while a request is under way.
struct TicksMeanwhile {
    server: Server,
    store: MemoryStore,
}

impl Transport for TicksMeanwhile {
    async fn session(&self) -> Result<tornister_protocol::core::Session, TransportError> {
        self.server.session().await
    }

    async fn call(
        &self,
        request: &tornister_protocol::core::Request,
    ) -> Result<tornister_protocol::core::Response, TransportError> {
        let response = self.server.call(request).await?;
        let change = Change::Progress { task_id: "t2".to_owned(), progress: Progress::Completed };
        self.store.enqueue(change).await.expect("an enqueue");
        Ok(response)
    }

    async fn download(&self, url: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.server.download(url, limit).await
    }
}

#[pollster::test]
async fn a_change_made_during_a_sync_is_not_overwritten_by_it() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    let mut changed = task("t2");
    changed["title"] = json!("Vokabeln, Seite 12");
    server.put("Task", changed);
    let transport = TicksMeanwhile { server: server.clone(), store: device.store.clone() };
    let engine = Engine::new(device.store.clone(), transport, link());
    whole(&engine).await.expect("a sync");
    assert_eq!(device.progress("t2").await, Progress::Completed);
    device.synced().await;
    assert_eq!(server.get("Task", "t2").expect("a task")["progress"], "completed");
}

#[pollster::test]
async fn answers_in_any_order_are_understood() {
    let server = school();
    let device = Device::new(server.clone());
    server.trouble(&[Trouble::Reversed; 9]);
    device.synced().await;
    assert_eq!(device.ids(Kind::Email).await.len(), 120);
}

#[pollster::test]
async fn an_object_that_the_server_leaves_out_is_asked_for_again() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.put("Task", task("t3"));
    server.trouble(&[Trouble::ObjectLeftOut]);
    let report = device.sync().await.expect("a sync");
    assert!(!report.failed.is_empty(), "the contradiction is noticed");
    assert_eq!(device.ids(Kind::Task).await, ["t1", "t2"]);
    device.synced().await;
    assert_eq!(device.ids(Kind::Task).await, ["t1", "t2", "t3"]);
}

#[pollster::test]
async fn a_server_that_forgot_what_changed_is_read_anew_and_what_is_gone_goes() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.destroy("Email", "m0119");
    server.destroy("Task", "t1");
    server.put("Email", mail(200));
    server.trouble(&[Trouble::CannotCalculate]);
    device.synced().await;
    let ids = device.ids(Kind::Email).await;
    assert_eq!(ids.len(), 120);
    assert!(ids.contains(&"m0200".to_owned()) && !ids.contains(&"m0119".to_owned()));
    assert_eq!(device.ids(Kind::EmailBody).await, ids);
    assert_eq!(device.ids(Kind::Task).await, ["t2"]);
}

#[pollster::test]
async fn reading_anew_survives_the_end_of_the_process() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.destroy("Email", "m0119");
    server.trouble(&[Trouble::CannotCalculate, Trouble::Reversed, Trouble::RequestLost]);
    device.sync().await.expect_err("no network");
    let restarted = Engine::new(device.store.clone(), server, link());
    whole(&restarted).await.expect("a sync");
    let ids = device.ids(Kind::Email).await;
    assert!(!ids.contains(&"m0119".to_owned()) && ids.len() == 119, "{}", ids.len());
}

#[pollster::test]
async fn an_attachment_comes_with_its_mail_and_goes_with_it() {
    let server = school();
    let mut with_picture = mail(300);
    with_picture["attachments"] = json!([
        {"partId": "2", "blobId": "pic", "size": 3, "name": "plakat.png", "type": "image/png", "cid": "p"},
        {"partId": "3", "blobId": "film", "size": 9_000_000, "name": "film.mp4", "type": "video/mp4"},
        {"partId": "4", "blobId": "lost", "size": 3, "name": "weg.txt", "type": "text/plain"},
    ]);
    server.put("Email", with_picture);
    server.put_blob("pic", &[1, 2, 3]);
    let device = Device::new(server.clone());
    device.synced().await;
    let id = EmailId::from("m0300");
    let picture = device.read().blob(&id, &BlobId::from("pic")).await.expect("a read");
    assert_eq!(picture, Some(vec![1, 2, 3]));
    assert_eq!(device.ids(Kind::Blob).await.len(), 1, "the film is left on the server");
    assert_eq!(device.ids(Kind::BlobWanted).await, [""; 0], "what the server lost is not asked for again");
    server.destroy("Email", "m0300");
    device.synced().await;
    assert_eq!(device.ids(Kind::Blob).await, [""; 0]);
}

/// A device that dies at its n-th commit.
#[derive(Clone)]
struct DiesAt {
    store: MemoryStore,
    left: std::rc::Rc<std::cell::Cell<u32>>,
}

impl Store for DiesAt {
    async fn get(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(kind, id).await
    }
    async fn some(&self, kind: Kind, ids: &[String]) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.store.some(kind, ids).await
    }
    async fn known(&self, kind: Kind, ids: &[String]) -> Result<Vec<String>, StoreError> {
        self.store.known(kind, ids).await
    }
    async fn range(&self, kind: Kind, range: &KeyRange, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.store.range(kind, range, limit).await
    }
    async fn all(&self, kind: Kind) -> Result<Vec<Vec<u8>>, StoreError> {
        self.store.all(kind).await
    }
    async fn ids(&self, kind: Kind) -> Result<Vec<String>, StoreError> {
        self.store.ids(kind).await
    }
    async fn outbox(&self) -> Result<Vec<tornister_sync::outbox::OutboxRow>, StoreError> {
        self.store.outbox().await
    }
    async fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        if self.left.get() == 0 {
            return Err(StoreError::Backend("the battery is empty".to_owned()));
        }
        self.left.set(self.left.get() - 1);
        self.store.commit(batch).await
    }
    async fn enqueue(&self, change: Change) -> Result<Option<u64>, StoreError> {
        self.store.enqueue(change).await
    }
    async fn clear(&self) -> Result<(), StoreError> {
        self.store.clear().await
    }
}

#[pollster::test]
async fn the_next_page_is_under_way_while_this_one_is_written() {
    let server = school();
    let dying = DiesAt { store: MemoryStore::default(), left: std::rc::Rc::default() };
    let died = whole(&Engine::new(dying, server.clone(), link())).await;
    died.expect_err("it dies at its first commit");
    assert_eq!(server.take_requests().len(), 2);
}

#[pollster::test]
async fn a_device_that_dies_at_any_commit_ends_up_with_everything() {
    for commits in 0..6 {
        let server = school();
        let device = Device::new(server.clone());
        let left = std::rc::Rc::new(std::cell::Cell::new(commits));
        let dying = DiesAt { store: device.store.clone(), left };
        let died = whole(&Engine::new(dying, server.clone(), link())).await;
        server.put("Email", mail(400));
        server.destroy("Email", "m0119");
        device.synced().await;
        assert_eq!(device.ids(Kind::Email).await.len(), 120, "after {commits} commits: {died:?}");
        assert_eq!(device.ids(Kind::Lesson).await.len(), 2, "after {commits} commits: {died:?}");
    }
}

#[pollster::test]
async fn a_change_that_the_server_cannot_make_keeps_no_news_of_its_type_out() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    server.put("Task", task("t3"));
    // The change goes first in a request.
    server.trouble(&[Trouble::MethodFails(0)]);
    let report = device.sync().await.expect("a sync");
    assert_eq!(report.failed.len(), 1, "{report:?}");
    assert!(device.ids(Kind::Task).await.contains(&"t3".to_owned()));
    assert_eq!(device.progress("t1").await, Progress::Completed, "it waits");
    device.synced().await;
    assert_eq!(server.get("Task", "t1").expect("a task")["progress"], "completed");
}
