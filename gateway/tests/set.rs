//! What a pupil changes, and what nobody may.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use tornister::{
    backend::{Access, AccountAccess, Authentication, BackendError, School},
    http::router,
};
use tornister_protocol::auth::PasswordNeeds;

use crate::common::{Client, LENA, World};

fn update(id: &Value, patch: Value) -> Value {
    let patches: Map<String, Value> = [(id.as_str().unwrap().to_owned(), patch)].into_iter().collect();
    json!({ "update": patches })
}

#[tokio::test]
async fn reading_a_mail_moves_the_counters_and_reading_it_again_moves_nothing() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = lena.email("Re: Wandertag").await;
    let mailboxes = lena.state("Mailbox").await;
    let threads = lena.state("Thread").await;
    let before = lena.mailbox("Inbox").await;
    let sent = lena.mailbox("Sent").await;
    assert_eq!([&sent["unreadEmails"], &sent["unreadThreads"]], [&json!(0), &json!(1)]);

    let set = lena.call("Email/set", update(&mail["id"], json!({ "keywords/$seen": true }))).await;
    assert_eq!(set["updated"], json!({ mail["id"].as_str().unwrap(): null }));
    assert_ne!(set["oldState"], set["newState"]);
    let after = lena.mailbox("Inbox").await;
    let count = |mailbox: &Value, name: &str| mailbox[name].as_u64().unwrap();
    assert_eq!(count(&after, "unreadEmails") + 1, count(&before, "unreadEmails"));
    assert_eq!(count(&after, "unreadThreads") + 1, count(&before, "unreadThreads"));
    // The thread reaches into another mailbox: it is read there, too.
    assert_eq!(lena.mailbox("Sent").await["unreadThreads"], 0);
    let changes = lena.call("Mailbox/changes", json!({ "sinceState": mailboxes })).await;
    assert_eq!(changes["updated"].as_array().unwrap().len(), 2);
    let counters = json!(["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"]);
    assert_eq!(changes["updatedProperties"], counters);
    assert_eq!(lena.state("Thread").await, threads);

    let mailboxes = lena.state("Mailbox").await;
    for patch in [json!({ "keywords/$Seen": true }), json!({ "keywords": { "$seen": true } }), json!({})] {
        let again = lena.call("Email/set", update(&mail["id"], patch)).await;
        assert_eq!(again["oldState"], set["newState"]);
        assert_eq!(again["newState"], set["newState"]);
    }
    assert_eq!(lena.state("Mailbox").await, mailboxes);
}

#[tokio::test]
async fn a_mail_is_moved_and_counted_where_it_is() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = lena.email("Re: Wandertag").await;
    let (inbox, trash) = (lena.mailbox("Inbox").await, lena.mailbox("Trash").await);
    let patch = json!({
        format!("mailboxIds/{}", inbox["id"].as_str().unwrap()): null,
        format!("mailboxIds/{}", trash["id"].as_str().unwrap()): true,
    });
    lena.call("Email/set", update(&mail["id"], patch)).await;
    let moved = lena.email("Re: Wandertag").await;
    assert_eq!(moved["mailboxIds"], json!({ trash["id"].as_str().unwrap(): true }));
    let trash = lena.mailbox("Trash").await;
    assert_eq!([&trash["totalEmails"], &trash["unreadThreads"]], [&json!(1), &json!(1)]);
    let after = lena.mailbox("Inbox").await;
    assert_eq!(after["totalEmails"].as_u64(), inbox["totalEmails"].as_u64().map(|count| count - 1));
    // Unread mail that lies only in the trash makes no thread unread elsewhere.
    assert_eq!(lena.mailbox("Sent").await["unreadThreads"], 0);
    // The pupil's own order survives the next import.
    assert_eq!(world.import().await, 0);
    assert_eq!(lena.email("Re: Wandertag").await["mailboxIds"], moved["mailboxIds"]);
}

#[tokio::test]
async fn refusals_name_the_object_and_leave_the_others_alone() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (first, second) = (lena.email("Wandertag").await, lena.email("Projekt").await);
    let (first, second) = (first["id"].as_str().unwrap(), second["id"].as_str().unwrap());
    let third = lena.email("Re: Wandertag").await;
    let third = third["id"].as_str().unwrap();
    let state = lena.state("Email").await;
    let arguments = json!({
        "create": { "k1": { "subject": "Neu" } },
        "update": {
            third: { "mailboxIds": {} },
            second: { "keywords/$answered": true },
            "Enobody": { "keywords/$seen": true },
        },
        "destroy": [third],
    });
    let set = lena.call("Email/set", arguments).await;
    assert_eq!(set["notCreated"]["k1"]["type"], "invalidProperties");
    assert_eq!(set["destroyed"], json!([third]));
    assert_eq!(set["notUpdated"][third]["type"], "willDestroy");
    assert_eq!(set["notUpdated"]["Enobody"]["type"], "notFound");
    assert_eq!(set["updated"], json!({ second: null }));

    for (patch, kind) in [
        (json!({ "mailboxIds": {} }), "invalidProperties"),
        (json!({ "mailboxIds/Mnowhere": true }), "invalidProperties"),
        (json!({ "subject": "Anders" }), "invalidProperties"),
        (json!({ "keywords/a/b": true }), "invalidPatch"),
    ] {
        let set = lena.call("Email/set", json!({ "update": { first: patch } })).await;
        assert_eq!(set["notUpdated"][first]["type"], kind, "{set}");
        assert_eq!(set["oldState"], set["newState"]);
    }
    let stale = json!({ "ifInState": state, "update": { first: { "keywords/$flagged": true } } });
    assert_eq!(lena.error("Email/set", stale).await, "stateMismatch");
    assert_eq!(lena.email("Wandertag").await["keywords"], json!({ "$seen": true }));
}

#[tokio::test]
async fn homework_is_ticked_off_for_oneself_only_and_stays_so() {
    let world = World::new().await;
    let mut profile = std::fs::read_to_string(world.file("school.toml")).unwrap();
    profile.push_str(
        "\n[[user]]\nlogin = \"mia.kurz\"\nname = \"Mia Kurz\"\nrole = \"pupil\"\nclass = \"7b\"\npassword = \"Igel-unter-Laub\"\n",
    );
    std::fs::write(world.file("school.toml"), profile).unwrap();
    world.import().await;
    let (lena, mia) = (world.login(LENA).await, world.login(("mia.kurz", "Igel-unter-Laub")).await);
    let tasks = lena.call("Task/get", json!({ "ids": null })).await["list"].as_array().unwrap().clone();
    assert_eq!(tasks.len(), 2);
    let (id, mia_state) = (&tasks[0]["id"], mia.state("Task").await);

    let set = lena.call("Task/set", update(id, json!({ "progress": "completed" }))).await;
    assert_ne!(set["oldState"], set["newState"]);
    let again = lena.call("Task/set", update(id, json!({ "progress": "completed" }))).await;
    assert_eq!(again["newState"], set["newState"]);
    assert_eq!(mia.state("Task").await, mia_state);
    assert_eq!(world.import().await, 0);
    let ticked = lena.call("Task/get", json!({ "ids": [id], "properties": ["progress"] })).await;
    assert_eq!(ticked["list"], json!([{ "id": id, "progress": "completed" }]));

    for (patch, kind) in
        [(json!({ "title": "nichts" }), "forbidden"), (json!({ "progress": "perhaps" }), "invalidProperties")]
    {
        let set = lena.call("Task/set", update(id, patch)).await;
        assert_eq!(set["notUpdated"][id.as_str().unwrap()]["type"], kind);
    }
}

#[tokio::test]
async fn marks_from_many_devices_at_once_all_arrive_and_count_once() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let state = lena.state("Email").await;
    let mails = lena.call("Email/get", json!({ "ids": null, "properties": ["id"] })).await;
    let ids: Vec<Value> = mails["list"].as_array().unwrap().iter().map(|mail| mail["id"].clone()).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for device in 0..6 {
        for id in &ids {
            let (lena, id) = (world.login(LENA).await, id.clone());
            let patch = json!({ "keywords/$seen": true, format!("keywords/device{device}"): true });
            tasks.spawn(async move { lena.call("Email/set", update(&id, patch)).await });
        }
    }
    while let Some(set) = tasks.join_next().await {
        assert_eq!(set.unwrap()["notUpdated"], Value::Null);
    }
    let inbox = lena.mailbox("Inbox").await;
    assert_eq!([&inbox["unreadEmails"], &inbox["unreadThreads"]], [&json!(0), &json!(0)]);
    let changes = lena.call("Email/changes", json!({ "sinceState": state })).await;
    assert_eq!(changes["updated"].as_array().unwrap().len(), ids.len());
    assert_eq!(lena.email("Wandertag").await["keywords"].as_object().unwrap().len(), 7);
}

/// The same school, seen by somebody who may only look: the writers are gone, not switched off.
struct Onlooker(Arc<dyn School>);

#[async_trait]
impl School for Onlooker {
    async fn authenticate(&self, login: &str, password: &str) -> Result<Authentication, BackendError> {
        self.0.authenticate(login, password).await
    }

    async fn choose_password(
        &self,
        login: &str,
        old: &str,
        new: &str,
    ) -> Result<Result<(), PasswordNeeds>, BackendError> {
        self.0.choose_password(login, old, new).await
    }

    async fn accounts(&self, login: &str) -> Result<Vec<AccountAccess>, BackendError> {
        let accounts = self.0.accounts(login).await?.into_iter().map(|account| AccountAccess {
            is_personal: false,
            access: Access::ReadOnly(account.access.sources().clone()),
            ..account
        });
        Ok(accounts.collect())
    }

    fn changed(&self) -> tokio::sync::watch::Receiver<i64> {
        self.0.changed()
    }
}

#[tokio::test]
async fn who_may_only_look_changes_nothing() {
    let world = World::new().await;
    let school = Onlooker(Arc::new(world.embedded.clone()));
    let mut parent = Client::new(router(world.gateway_of(Arc::new(school))));
    parent.log_in(LENA).await;
    let session = parent.get("/.well-known/jmap").await;
    assert_eq!(session.status, StatusCode::OK);
    assert_eq!(session.json()["accounts"][&parent.account]["isReadOnly"], true);

    let mail = parent.email("Re: Wandertag").await;
    let state = parent.state("Email").await;
    for (method, patch) in
        [("Email/set", json!({ "keywords/$seen": true })), ("Task/set", json!({ "progress": "completed" }))]
    {
        assert_eq!(parent.error(method, update(&mail["id"], patch)).await, "accountReadOnly");
    }
    assert_eq!(parent.state("Email").await, state);
}
