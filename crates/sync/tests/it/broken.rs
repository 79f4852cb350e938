//! A store in which something does not open any more.

use tornister_sync::{engine::repair, kind::Kind, store::Store as _};

use crate::device::{Device, lesson, school};

#[pollster::test]
async fn what_is_mended_comes_again_and_what_the_server_has_destroyed_does_not_stay() {
    let server = school();
    let device = Device::new(server.clone());
    device.synced().await;
    let before = [device.ids(Kind::Email).await, device.ids(Kind::Lesson).await];
    server.destroy("Email", "m0009");
    server.put("Lesson", lesson("new", "2026-11-19"));

    let broken = [
        (Kind::Email, "m0003"),
        (Kind::Lesson, "past"),
        (Kind::SyncPoint, "Task"),
        (Kind::EmailBody, "m0004"),
    ];
    let broken = broken.map(|(kind, id)| (kind, id.to_owned())).to_vec();
    repair(&device.store, broken.clone()).await.expect("a repair");
    for (kind, id) in broken.iter().filter(|(kind, _)| *kind != Kind::SyncPoint) {
        assert_eq!(device.store.get(*kind, id).await.expect("a get"), None);
    }
    device.synced().await;
    let [mut mails, mut lessons] = before;
    mails.retain(|id| id != "m0009");
    lessons.push("new".to_owned());
    lessons.sort();
    assert_eq!(device.ids(Kind::Email).await, mails);
    assert_eq!(device.ids(Kind::Lesson).await, lessons);
    assert_eq!(device.ids(Kind::Task).await, ["t1", "t2"]);
}
