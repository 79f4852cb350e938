//! A server that no longer knows what changed.

use serde_json::json;
use tornister_protocol::{id::EmailId, tasks::Progress};
use tornister_sync::{engine::Engine, kind::Kind};

use crate::{
    device::{Device, link, mail, school, whole},
    server::Trouble,
};

#[pollster::test]
async fn only_that_type_is_compared_and_of_mail_only_what_is_new_is_fetched_whole() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.put("Email", mail(300));
    server.destroy("Email", "m0003");
    let mut moved = mail(7);
    moved["mailboxIds"] = json!({"archive": true});
    server.put("Email", moved);
    server.take_requests();
    server.take_sent_objects();
    server.trouble(&[Trouble::CannotCalculateOf("Email")]);
    device.synced().await;
    let ids = device.ids(Kind::Email).await;
    assert_eq!(ids.len(), 120);
    assert!(ids.contains(&"m0300".to_owned()) && !ids.contains(&"m0003".to_owned()));
    assert_eq!(device.ids(Kind::EmailBody).await, ids);
    let moved = device.read().email(&EmailId::from("m0007")).await.expect("a read").expect("a mail");
    assert!(moved.mailbox_ids.contains_key(&"archive".into()));
    let whole = server.take_sent_objects().into_iter().filter(|(_, object)| object.get("subject").is_some());
    let whole: Vec<String> = whole.map(|(_, object)| object["id"].to_string()).collect();
    assert_eq!(whole, [r#""m0300""#]);
    let requests = server.take_requests();
    let others = requests[1..].iter().flatten().filter(|name| !name.starts_with("Email/"));
    assert_eq!(others.count(), 0, "{requests:?}");
}

#[pollster::test]
async fn a_tick_that_waits_survives_it() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    device.tick("t1").await;
    server.forget_history();
    device.synced().await;
    assert_eq!(device.progress("t1").await, Progress::Completed);
    assert_eq!(server.get("Task", "t1").expect("a task")["progress"], "completed");
}

#[pollster::test]
async fn what_a_dead_process_has_compared_is_compared_again() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.destroy("Email", "m0003");
    server.forget_history();
    // The first page of ids arrives, the second does not.
    let small = tornister_sync::engine::AccountLink {
        limits: tornister_sync::engine::Limits { get: 50, ..link().limits },
        ..link()
    };
    server.trouble(&[Trouble::Reversed, Trouble::Reversed, Trouble::RequestLost]);
    let dies = Engine::new(device.store.clone(), server.clone(), small.clone());
    whole(&dies).await.expect_err("no network");
    let goes_on = Engine::new(device.store.clone(), server, small);
    whole(&goes_on).await.expect("a sync");
    assert_eq!(device.ids(Kind::Email).await.len(), 119);
}

#[pollster::test]
async fn a_server_that_never_remembers_ends_the_sync_all_the_same() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    server.always(Some(Trouble::CannotCalculate));
    server.take_requests();
    let report = device.sync().await.expect("a sync");
    assert!(!report.failed.is_empty());
    assert!(server.take_requests().len() < 10);
}
