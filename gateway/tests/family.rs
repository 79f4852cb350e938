//! Several people at one device: a second child on the family's tablet, a parent with two children.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Answer, Client, JONAS, LENA, World};

/// Logs in beside those who are logged in already.
async fn join(browser: &mut Client, (username, password): (&str, &str)) -> Answer {
    let login = json!({ "username": username, "password": password, "join": true });
    let answer = browser.post("/auth/login", &login).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    browser.cookie = answer.header("set-cookie").split(';').next().map(str::to_owned);
    answer
}

/// The ids of the accounts that the session shows, by their login.
async fn account(browser: &Client, login: &str) -> Option<String> {
    let session = browser.get("/.well-known/jmap").await.json();
    let accounts = session["accounts"].as_object().unwrap().clone();
    let own = |(_, account): &(String, Value)| account["tornister.app:login"] == login;
    accounts.into_iter().find(own).map(|(id, _)| id)
}

/// Lena's tablet, at which Jonas has logged in too.
async fn tablet(world: &World) -> Client {
    let mut tablet = world.login(LENA).await;
    world.clock.advance(60);
    join(&mut tablet, JONAS).await;
    tablet
}

#[tokio::test]
async fn two_children_at_one_tablet_each_have_their_own_account() {
    let world = World::new().await;
    let tablet = tablet(&world).await;
    let session = tablet.get("/.well-known/jmap").await.json();
    assert_eq!(session["username"], LENA.0);
    for who in [LENA, JONAS] {
        let id = account(&tablet, who.0).await.unwrap();
        let alone = world.login(who).await;
        assert_eq!(alone.account, id);
        let ask = json!({ "accountId": id, "ids": null });
        assert_eq!(tablet.call("Email/get", ask.clone()).await, alone.call("Email/get", ask).await);
    }
}

#[tokio::test]
async fn a_token_that_was_planted_before_is_worthless_after_somebody_joins() {
    let world = World::new().await;
    let mut tablet = world.login(LENA).await;
    let planted = tablet.clone();
    join(&mut tablet, JONAS).await;
    assert_ne!(tablet.cookie, planted.cookie);
    assert_eq!(planted.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn one_child_logs_out_and_the_other_stays() {
    let world = World::new().await;
    let tablet = tablet(&world).await;
    let jonas = account(&tablet, JONAS.0).await.unwrap();
    let out = tablet.post("/auth/logout", &json!({ "accountId": jonas })).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(out.header("set-cookie"), "", "the cookie is still good");
    assert_eq!(account(&tablet, JONAS.0).await, None);
    let refused = tablet.error("Email/get", json!({ "accountId": jonas, "ids": [] })).await;
    assert_eq!(refused, "accountNotFound");
    let lena = account(&tablet, LENA.0).await.unwrap();
    let out = tablet.post("/auth/logout", &json!({ "accountId": lena })).await;
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(tablet.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_account_of_somebody_else_logs_nobody_out() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let jonas = world.login(JONAS).await;
    lena.post("/auth/logout", &json!({ "accountId": jonas.account })).await;
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::OK);
    assert_eq!(jonas.get("/.well-known/jmap").await.status, StatusCode::OK);
    let broken = lena.post("/auth/logout", &json!({ "accountId": 7 })).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_plain_login_sends_whoever_was_there_home() {
    let world = World::new().await;
    let mut tablet = tablet(&world).await;
    tablet.log_in(JONAS).await;
    assert_eq!(account(&tablet, LENA.0).await, None);
    assert!(account(&tablet, JONAS.0).await.is_some());
}

#[tokio::test]
async fn a_shared_computer_stays_one_whoever_joins() {
    let world = World::new().await;
    let mut computer = world.browser();
    let login = json!({ "username": LENA.0, "password": LENA.1, "device": "shared" });
    let answer = computer.post("/auth/login", &login).await;
    computer.cookie = answer.header("set-cookie").split(';').next().map(str::to_owned);
    let cookie = join(&mut computer, JONAS).await.header("set-cookie").to_owned();
    assert!(!cookie.contains("Max-Age"), "{cookie}");
    world.clock.advance(12 * 3600);
    assert_eq!(computer.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_is_logged_out_everywhere_leaves_the_tablet_to_the_other() {
    let world = World::new().await;
    let tablet = tablet(&world).await;
    world.sessions().end_all(LENA.0).await.unwrap();
    assert_eq!(account(&tablet, LENA.0).await, None);
    assert!(account(&tablet, JONAS.0).await.is_some());
}

#[tokio::test]
async fn joining_nobody_begins_a_session() {
    let world = World::new().await;
    let mut browser = world.browser();
    let cookie = join(&mut browser, LENA).await.header("set-cookie").to_owned();
    assert!(cookie.contains("Max-Age=7776000"), "{cookie}");
    assert!(account(&browser, LENA.0).await.is_some());
}
