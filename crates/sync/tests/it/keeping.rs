//! What a device keeps without being asked, and what it fetches when asked.

use std::cell::Cell;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tornister_protocol::{id::EmailId, mail::keyword, time::UtcDate};
use tornister_sync::{
    engine::{Policy, repair},
    kind::Kind,
    outbox::Change,
    read::Kept,
    store::Store as _,
};

use crate::{
    device::{Device, link, mail, now},
    server::{Server, Trouble},
};

/// Sixty mails of this week and a hundred of two years ago, all read but the very first.
fn archive() -> Server {
    let server = Server::with_limits(link().limits);
    for number in 0..160 {
        let mut mail = mail(number);
        if number < 100 {
            mail["receivedAt"] = json!(format!("2024-05-01T08:{:02}:{:02}Z", number / 60, number % 60));
        }
        if number > 0 {
            mail["keywords"] = json!({"$seen": true});
        }
        server.put("Email", mail);
    }
    server
}

fn email(number: u32) -> EmailId {
    EmailId::from(format!("m{number:04}"))
}

#[pollster::test]
async fn old_mail_is_listed_without_its_body_unless_it_is_unread() {
    let device = Device::new(archive());
    device.synced().await;
    assert_eq!(device.ids(Kind::Email).await.len(), 160);
    let bodies = device.ids(Kind::EmailBody).await;
    assert_eq!(bodies.len(), 61, "sixty recent ones and an unread one");
    assert_eq!(bodies[0], "m0000");
}

#[pollster::test]
async fn the_newest_fifty_have_bodies_however_old_they_are() {
    let server = Server::with_limits(link().limits);
    for number in 0..70 {
        let mut mail = mail(number);
        mail["receivedAt"] = json!(format!("2020-05-01T09:{:02}:00Z", number % 60));
        mail["keywords"] = json!({"$seen": true});
        server.put("Email", mail);
    }
    let device = Device::new(server);
    device.synced().await;
    assert_eq!(device.ids(Kind::Email).await.len(), 70);
    assert_eq!(device.ids(Kind::EmailBody).await.len(), 50);
}

#[pollster::test]
async fn a_small_account_is_there_with_the_first_answer() {
    let server = Server::with_limits(link().limits);
    (0..50).for_each(|number| server.put("Email", mail(number)));
    let device = Device::new(server.clone());
    device.synced().await;
    assert_eq!(device.ids(Kind::EmailBody).await.len(), 50);
    assert!(server.take_requests().len() <= 2, "lessons of the past come second");
}

#[pollster::test]
async fn a_body_is_fetched_when_it_is_opened_and_then_kept() {
    let server = archive();
    let device = Device::new(server.clone());
    device.synced().await;
    assert_eq!(device.read().body(&email(7)).await.expect("a read"), Kept::OnServer);
    server.always(Some(Trouble::RequestLost));
    device.engine.fetch_body(&email(7)).await.expect_err("no network");
    server.always(None);
    let body = device.engine.fetch_body(&email(7)).await.expect("an answer").expect("a body");
    assert_eq!(device.read().body(&email(7)).await.expect("a read"), Kept::Here(body));
}

#[pollster::test]
async fn a_mail_that_is_gone_is_told_from_one_that_is_not_here_yet() {
    let server = archive();
    let device = Device::new(server.clone());
    device.synced().await;
    server.destroy("Email", "m0007");
    assert_eq!(device.engine.fetch_body(&email(7)).await.expect("an answer"), None);
    device.synced().await;
    assert_eq!(device.read().body(&email(7)).await.expect("a read"), Kept::Gone);
}

#[pollster::test]
async fn old_mail_that_is_flagged_gets_its_body() {
    let server = archive();
    let device = Device::new(server.clone());
    device.synced().await;
    let flag = Change::Keyword { email_id: "m0007".into(), keyword: keyword::FLAGGED.into(), present: true };
    device.store.enqueue(flag).await.expect("an enqueue").expect("a number");
    device.synced().await;
    assert!(matches!(device.read().body(&email(7)).await.expect("a read"), Kept::Here(_)));
    assert_eq!(device.ids(Kind::BodyWanted).await, [""; 0]);
}

#[pollster::test]
async fn who_wants_more_days_gets_the_bodies_between_and_no_other_again() {
    let server = archive();
    let device = Device::new(server.clone());
    device.synced().await;
    device.engine.set_policy(Policy { body_days: 1_000, ..Policy::default() });
    server.take_requests();
    device.synced().await;
    assert_eq!(device.ids(Kind::EmailBody).await.len(), 160);
    assert_eq!(server.take_requests().len(), 1, "a page of a hundred old ones");
    device.synced().await;
    assert_eq!(server.take_requests().len(), 1);
}

#[pollster::test]
async fn attachments_are_kept_as_the_user_chose() {
    let server = Server::with_limits(link().limits);
    let attachment = |size: u32| json!([{"partId": "2", "blobId": "pic", "size": size, "type": "image/png"}]);
    let with = |number, size| -> Value {
        let mut mail = mail(number);
        mail["attachments"] = attachment(size);
        mail
    };
    server.put_blob("pic", &[1, 2, 3]);
    server.put("Email", with(1, 3));
    server.put("Email", with(2, 4));
    let device = Device::new(server.clone());
    device.engine.set_policy(Policy { attachment_bytes: 3, ..Policy::default() });
    device.synced().await;
    assert_eq!(device.ids(Kind::Blob).await, ["m0001/pic"]);
}

#[pollster::test]
async fn attachments_of_the_last_thirty_days_are_kept_up_to_a_megabyte() {
    let server = Server::with_limits(link().limits);
    let most = Policy::default().attachment_bytes;
    assert_eq!(most, 1_000_000);
    server.put_blob("pic", &[1, 2, 3]);
    for (number, days, size) in [(1, 0, most), (2, 0, most + 1), (3, 30, 3), (4, 31, 3)] {
        let mut mail = mail(number);
        mail["receivedAt"] = json!(UtcDate(now().0 - TimeDelta::days(days)));
        mail["attachments"] = json!([{"partId": "2", "blobId": "pic", "size": size, "type": "image/png"}]);
        server.put("Email", mail);
    }
    let device = Device::new(server);
    device.synced().await;
    assert_eq!(device.ids(Kind::Blob).await, ["m0001/pic", "m0003/pic"]);
}

/// Three mails with a small attachment each, named after them.
fn with_attachments() -> Server {
    let server = Server::with_limits(link().limits);
    for number in 1..=3 {
        let blob = format!("pic{number}");
        let mut mail = mail(number);
        mail["attachments"] = json!([{"partId": "2", "blobId": blob, "size": 3, "type": "image/png"}]);
        server.put_blob(&blob, &[1, 2, 3]);
        server.put("Email", mail);
    }
    server
}

#[pollster::test]
async fn an_attachment_that_the_server_cannot_give_now_keeps_no_other_waiting() {
    let server = with_attachments();
    let device = Device::new(server.clone());
    server.stick(&["pic3", "pic2"]);
    device.synced().await;
    assert_eq!(device.ids(Kind::Blob).await, ["m0001/pic1"]);
    assert_eq!(device.ids(Kind::BlobWanted).await.len(), 2, "they are wanted still");
    server.stick(&[]);
    device.synced().await;
    assert_eq!(device.ids(Kind::Blob).await.len(), 3);
}

#[pollster::test]
async fn news_comes_before_attachments_and_without_them() {
    let server = with_attachments();
    let device = Device::new(server.clone());
    device.engine.sync(now(), |_| ()).await.expect("a sync");
    assert_eq!((device.ids(Kind::Email).await.len(), device.ids(Kind::Blob).await.len()), (3, 0));
    let asked = Cell::new(0);
    let one = || asked.replace(asked.get() + 1) == 0;
    device.engine.fetch_blobs(|_| (), one).await.expect("a blob");
    assert_eq!(device.ids(Kind::Blob).await, ["m0003/pic3"], "the newest first, and no more than wanted");
}

#[pollster::test]
async fn a_line_without_network_is_tried_twice_and_not_for_each_attachment() {
    let server = with_attachments();
    let device = Device::new(server.clone());
    device.engine.sync(now(), |_| ()).await.expect("a sync");
    server.always(Some(Trouble::RequestLost));
    let asked = Cell::new(0);
    let counted = || asked.replace(asked.get() + 1) < 10;
    device.engine.fetch_blobs(|_| (), counted).await.expect_err("no network");
    assert_eq!(asked.get(), 2);
}

#[pollster::test]
async fn the_attachment_of_a_mail_that_did_not_open_is_not_fetched_for_ever() {
    let device = Device::new(with_attachments());
    device.engine.sync(now(), |_| ()).await.expect("a sync");
    repair(&device.store, vec![(Kind::Email, "m0003".to_owned())]).await.expect("a repair");
    let asked = Cell::new(0);
    let counted = || asked.replace(asked.get() + 1) < 10;
    device.engine.fetch_blobs(|_| (), counted).await.expect("blobs");
    assert_eq!(asked.get(), 3, "two wishes, and none left");
    device.synced().await;
    assert_eq!(device.ids(Kind::Blob).await.len(), 3, "it comes with its mail");
}

#[pollster::test]
async fn when_the_last_sync_was_keeps_its_form() {
    let device = Device::new(archive());
    device.synced().await;
    let stored = device.store.get(Kind::Meta, "last-synced").await.expect("a get").expect("a record");
    let frozen = format!(r#"{{"id":"last-synced","at":"{}"}}"#, now());
    assert_eq!(String::from_utf8(stored).expect("text"), frozen);
}
