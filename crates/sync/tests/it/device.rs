//! A device and the small school that most stories begin with.

use serde_json::{Value, json};
use tornister_protocol::{id::TaskId, tasks::Progress, time::UtcDate};
use tornister_sync::{
    engine::{AccountLink, Engine, Limits, Report, SyncError},
    kind::Kind,
    outbox::Change,
    read::Reader,
    store::{MemoryStore, Store},
    transport::Transport,
};

use crate::server::Server;

pub fn now() -> UtcDate {
    "2026-11-18T06:30:00Z".parse().expect("a moment")
}

pub fn link() -> AccountLink {
    AccountLink {
        account_id: "a".into(),
        download_url: "{accountId}/{blobId}/{name}".to_owned(),
        limits: Limits { calls: 64, ..Limits::default() },
    }
}

pub fn mail(number: u32) -> Value {
    let minute = number % 60;
    let hour = number / 60 % 24;
    json!({
        "id": format!("m{number:04}"), "blobId": "b", "threadId": "t", "mailboxIds": {"inbox": true},
        "keywords": {}, "size": 100, "receivedAt": format!("2026-11-10T{hour:02}:{minute:02}:00Z"),
        "subject": format!("Nachricht {number}"), "hasAttachment": false, "preview": "",
        "textBody": [], "htmlBody": [], "attachments": [], "bodyValues": {},
    })
}

pub fn task(id: &str) -> Value {
    json!({"id": id, "taskListId": "l", "title": "Vokabeln", "due": "2026-11-20T00:00:00", "progress": "needs-action"})
}

pub fn lesson(id: &str, date: &str) -> Value {
    json!({
        "id": id, "date": date, "period": 1, "start": format!("{date}T08:00:00"), "end": format!("{date}T08:45:00"),
        "number": 1, "subject": "M", "subjectName": "Mathematik", "teachers": [], "rooms": [],
    })
}

/// A sync, and the attachments after it.
pub async fn whole<S: Store, T: Transport>(engine: &Engine<S, T>) -> Result<Report, SyncError> {
    let report = engine.sync(now(), |_| ()).await?;
    engine.fetch_blobs(|_| (), || true).await?;
    Ok(report)
}

/// A device that knows the server's school.
pub struct Device<T: Transport> {
    pub store: MemoryStore,
    pub engine: Engine<MemoryStore, T>,
}

impl<T: Transport> Device<T> {
    pub fn new(transport: T) -> Self {
        let store = MemoryStore::default();
        Self { store: store.clone(), engine: Engine::new(store, transport, link()) }
    }

    pub async fn sync(&self) -> Result<Report, SyncError> {
        whole(&self.engine).await
    }

    pub async fn synced(&self) -> Report {
        let report = self.sync().await.expect("a sync");
        assert!(report.failed.is_empty(), "{report:?}");
        report
    }

    pub fn read(&self) -> Reader<MemoryStore> {
        Reader(self.store.clone())
    }

    pub async fn ids(&self, kind: Kind) -> Vec<String> {
        self.store.ids(kind).await.expect("ids")
    }

    pub async fn tick(&self, id: &str) {
        let change = Change::Progress { task_id: id.to_owned(), progress: Progress::Completed };
        self.store.enqueue(change).await.expect("an enqueue").expect("a number");
    }

    pub async fn progress(&self, id: &str) -> Progress {
        self.read().task(&TaskId::from(id)).await.expect("a read").expect("a task").progress
    }
}

pub fn school() -> Server {
    let server = Server::with_limits(link().limits);
    (0..120).for_each(|number| server.put("Email", mail(number)));
    server.put("Task", task("t1"));
    server.put("Task", task("t2"));
    server.put("Lesson", lesson("past", "2026-11-13"));
    server.put("Lesson", lesson("today", "2026-11-18"));
    server
}
