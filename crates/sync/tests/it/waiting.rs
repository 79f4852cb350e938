//! What the user did while the line was bad.

use tornister_protocol::{core::SetErrorKind, tasks::Progress, time::UtcDate};
use tornister_sync::{
    kind::Kind,
    outbox::{Change, OutboxRow, Status},
    store::{Batch, Store as _},
};

use crate::{
    device::{Device, now, school},
    server::Trouble,
};

fn progress(id: &str, progress: Progress) -> Change {
    Change::Progress { task_id: id.to_owned(), progress }
}

#[pollster::test]
async fn changes_of_one_record_travel_together() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    for keyword in ["$seen", "$flagged", "wichtig"] {
        let change = Change::Keyword { email_id: "m0119".into(), keyword: keyword.into(), present: true };
        device.store.enqueue(change).await.expect("an enqueue").expect("a number");
    }
    device.tick("t1").await;
    device.store.enqueue(progress("t1", Progress::InProcess)).await.expect("an enqueue").expect("a number");
    server.take_requests();
    device.synced().await;
    let requests = server.take_requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(server.effects().len(), 4, "ticking and unticking is one");
}

#[pollster::test]
async fn a_request_that_arrives_after_the_user_has_changed_their_mind_does_nothing() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    server.trouble(&[Trouble::Late]);
    device.sync().await.expect_err("given up");
    device.store.enqueue(progress("t1", Progress::NeedsAction)).await.expect("an enqueue").expect("a number");
    device.synced().await;
    server.late_requests_arrive();
    device.synced().await;
    assert_eq!(server.get("Task", "t1").expect("a task")["progress"], "needs-action");
    assert_eq!(device.progress("t1").await, Progress::NeedsAction);
}

#[pollster::test]
async fn what_was_sent_without_an_answer_is_done_once_and_costs_one_request() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    server.trouble(&[Trouble::AnswerLost]);
    device.sync().await.expect_err("the answer is lost");
    let rows = device.store.outbox().await.expect("an outbox");
    assert_eq!(rows[0].status, Status::Sent);
    server.take_requests();
    device.synced().await;
    assert_eq!(server.take_requests().len(), 1);
    assert_eq!(server.effects().len(), 1);
    assert_eq!(device.read().pending_changes().await.expect("a read"), 0);
}

#[pollster::test]
async fn what_another_device_has_undone_meanwhile_is_not_done_again() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    server.trouble(&[Trouble::AnswerLost]);
    device.sync().await.expect_err("the answer is lost");
    let mut task = server.get("Task", "t1").expect("a task");
    assert_eq!(task["progress"], "completed");
    task["progress"] = "needs-action".into();
    server.put("Task", task);
    device.synced().await;
    assert_eq!(server.get("Task", "t1").expect("a task")["progress"], "needs-action");
    assert_eq!(device.progress("t1").await, Progress::NeedsAction);
    assert_eq!(device.read().pending_changes().await.expect("a read"), 0);
}

#[pollster::test]
async fn a_change_that_cannot_be_read_any_more_is_told_and_shows_no_longer() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    device.tick("t2").await;
    let first = device.store.outbox().await.expect("an outbox")[0].number;
    let spoilt = Batch { outbox_puts: vec![OutboxRow::lost(first)], ..Batch::default() };
    device.store.commit(&spoilt).await.expect("a commit");
    assert_eq!(device.synced().await.unknown, [0; 0]);
    assert_eq!(device.progress("t1").await, Progress::NeedsAction, "as the server has it");
    assert_eq!(server.get("Task", "t2").expect("a task")["progress"], "completed");
    let told = device.read().refused_changes().await.expect("a read");
    assert_eq!(told.iter().map(|it| (it.number, it.reason)).collect::<Vec<_>>(), [(first, None)]);
    device.read().dismiss_refused(vec![first]).await.expect("a commit");
    assert_eq!(device.store.outbox().await.expect("an outbox"), []);
}

#[pollster::test]
async fn a_module_that_is_switched_off_is_synced_without_it_and_takes_what_waits_along() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    let before = device.read().last_synced().await.expect("a read");
    device.tick("t1").await;
    server.deny("Task", true);
    let later = UtcDate(now().0 + chrono::TimeDelta::hours(1));
    let report = device.engine.sync(later, |_| ()).await.expect("a sync");
    assert_eq!(report.failed, []);
    assert_eq!(device.ids(Kind::Task).await, [""; 0]);
    let refused = device.read().refused_changes().await.expect("a read");
    assert_eq!(refused.iter().map(|it| it.reason).collect::<Vec<_>>(), [Some(SetErrorKind::Forbidden)]);
    assert!(device.read().last_synced().await.expect("a read") > before, "all there is was synced");
}

#[pollster::test]
async fn a_change_of_another_version_waits_and_is_told() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    let strange =
        OutboxRow { number: 77, change: Change::Unknown, operation: String::new(), status: Status::Pending };
    let batch = Batch { outbox_puts: vec![strange.clone()], ..Batch::default() };
    device.store.commit(&batch).await.expect("a commit");
    device.tick("t1").await;
    assert_eq!(device.synced().await.unknown, [77]);
    assert_eq!(server.get("Task", "t1").expect("a task")["progress"], "completed");
    assert_eq!(device.store.outbox().await.expect("an outbox"), [strange]);
}
