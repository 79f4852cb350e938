//! A change that a device has named happens once, however often its request arrives (docs/protocol.md).

use serde_json::{Map, Value, json};
use tornister_protocol::capability;

use crate::common::{Client, LENA, World};

const NAMES: &str = "tornister.app:operationIds";
const DAY: i64 = 24 * 60 * 60;

/// A `/set` that marks a mail, under these names of its paths.
fn named(mail: &str, patch: &Value, names: &Value) -> Value {
    json!({ "update": { mail: patch }, NAMES: { mail: names } })
}

fn reading(mail: &str) -> Value {
    named(mail, &json!({ "keywords/$seen": true }), &json!({ "keywords/$seen": "read-1" }))
}

async fn keywords(client: &Client, mail: &str) -> Value {
    let found = client.call("Email/get", json!({ "ids": [mail], "properties": ["keywords"] })).await;
    found["list"][0]["keywords"].clone()
}

async fn unread(client: &Client) -> String {
    let mail = client.email("Re: Wandertag").await;
    assert_eq!(mail["keywords"], json!({}));
    mail["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_another_device_has_undone_is_not_done_again_by_a_late_repetition() {
    let world = World::new().await;
    let (phone, tablet) = (world.login(LENA).await, world.login(LENA).await);
    let mail = unread(&phone).await;
    phone.call("Email/set", reading(&mail)).await;
    assert_eq!(keywords(&phone, &mail).await, json!({ "$seen": true }));
    assert_eq!(tablet.update("Email", &mail, json!({ "keywords/$seen": null })).await, None);

    // The phone has not heard the answer and asks again; with what it has learned meanwhile.
    let state = phone.state("Email").await;
    let mut again = reading(&mail);
    again["ifInState"] = json!(state);
    let answer = phone.call("Email/set", again).await;
    assert_eq!(answer["updated"], json!({ mail.clone(): null }));
    assert_eq!([&answer["oldState"], &answer["newState"]], [&json!(state), &json!(state)]);
    assert_eq!(keywords(&phone, &mail).await, json!({}));

    // What else the request wants is new, and is done.
    let both = json!({ "keywords/$seen": true, "keywords/$flagged": true });
    let names = json!({ "keywords/$seen": "read-1", "keywords/$flagged": "flag-1" });
    phone.call("Email/set", named(&mail, &both, &names)).await;
    assert_eq!(keywords(&phone, &mail).await, json!({ "$flagged": true }));
}

#[tokio::test]
async fn homework_is_ticked_once_under_one_name() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let tasks = lena.all("Task").await;
    let homework = tasks.iter().find(|task| task["progress"] == "needs-action").unwrap();
    let homework = homework["id"].as_str().unwrap();
    let tick = named(homework, &json!({ "progress": "completed" }), &json!({ "progress": "tick-1" }));
    lena.call("Task/set", tick.clone()).await;
    lena.update("Task", homework, json!({ "progress": "in-process" })).await;
    let state = lena.state("Task").await;
    assert_eq!(lena.call("Task/set", tick).await["updated"], json!({ homework: null }));
    assert_eq!(lena.state("Task").await, state);
}

#[tokio::test]
async fn what_was_not_carried_out_is_not_remembered() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = unread(&lena).await;
    let mut early = reading(&mail);
    early["ifInState"] = json!("another");
    assert_eq!(lena.error("Email/set", early).await, "stateMismatch");
    let gone = lena.call("Email/set", reading("gone")).await;
    assert_eq!(gone["notUpdated"]["gone"]["type"], "notFound");
    lena.call("Email/set", reading(&mail)).await;
    assert_eq!(keywords(&lena, &mail).await, json!({ "$seen": true }));
}

#[tokio::test]
async fn a_name_is_an_id_of_one_change_in_the_update() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = unread(&lena).await;
    let patch = json!({ "keywords/$seen": true, "keywords/$flagged": true });
    for names in [
        json!({ "keywords/wichtig": "a" }),
        json!({ "keywords/$seen": "" }),
        json!({ "keywords/$seen": "a b" }),
        json!({ "keywords/$seen": "a", "keywords/$flagged": "a" }),
        json!({ "keywords/$seen": 7 }),
    ] {
        let error = lena.error("Email/set", named(&mail, &patch, &names)).await;
        assert_eq!(error, "invalidArguments", "{names}");
    }
    let other = json!({ "update": { mail.clone(): patch }, NAMES: { "other": { "keywords/$seen": "a" } } });
    assert_eq!(lena.error("Email/set", other).await, "invalidArguments");
    assert_eq!(keywords(&lena, &mail).await, json!({}));
}

#[tokio::test]
async fn names_mean_nothing_without_the_capability() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = unread(&lena).await;
    for _ in 0..2 {
        let mut arguments: Map<String, Value> = reading(&mail).as_object().unwrap().clone();
        arguments.insert("accountId".to_owned(), json!(lena.account));
        let using = [capability::CORE, capability::MAIL];
        let request = json!({ "using": using, "methodCalls": [["Email/set", arguments, "a"]] });
        assert_eq!(lena.post("/jmap/api", &request).await.status, 200);
        assert_eq!(keywords(&lena, &mail).await, json!({ "$seen": true }));
        lena.update("Email", &mail, json!({ "keywords/$seen": null })).await;
    }
}

#[tokio::test]
async fn names_are_remembered_as_long_as_changes_are_told() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = unread(&lena).await;
    let embedded = world.embedded.clone().with_history_days(30);
    for (days, done) in [(0, json!({ "$seen": true })), (29, json!({})), (2, json!({ "$seen": true }))] {
        world.clock.advance(days * DAY);
        embedded.compact().await.unwrap();
        let lena = world.login(LENA).await;
        lena.call("Email/set", reading(&mail)).await;
        assert_eq!(keywords(&lena, &mail).await, done, "after {days} days more");
        lena.update("Email", &mail, json!({ "keywords/$seen": null })).await;
    }
}

#[tokio::test]
async fn of_two_that_arrive_at_the_same_moment_one_is_asked_to_come_again() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = unread(&lena).await;
    let mark = async || lena.calls(&[("Email/set", reading(&mail))]).await.remove(0);
    let answers: [_; 4] = tokio::join!(mark(), mark(), mark(), mark()).into();
    for (name, answer) in &answers {
        assert!(name == "Email/set" || answer["type"] == "serverUnavailable", "{answer}");
    }
    assert!(answers.iter().any(|(name, _)| name == "Email/set"));
    lena.update("Email", &mail, json!({ "keywords/$seen": null })).await;
    lena.call("Email/set", reading(&mail)).await;
    assert_eq!(keywords(&lena, &mail).await, json!({}));
}
