//! Other clients come in with app passwords.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use tornister::session::token::{CreateTokenError, TokenAccess};
use tornister_protocol::time::UtcDate;

use crate::common::{Answer, Client, LENA, World};

fn basic(login: &str, password: &str) -> Option<String> {
    Some(format!("Basic {}", STANDARD.encode(format!("{login}:{password}"))))
}

fn challenges(answer: &Answer) -> Vec<&str> {
    let challenges = answer.headers.get_all(header::WWW_AUTHENTICATE).iter();
    challenges.map(|value| value.to_str().unwrap().split(' ').next().unwrap()).collect()
}

async fn status(client: &Client) -> StatusCode {
    client.get("/.well-known/jmap").await.status
}

#[tokio::test]
async fn a_mail_program_does_everything_with_its_app_password() {
    let world = World::new().await;
    let program = world.program(LENA.0, TokenAccess::Full).await;
    assert_eq!(program.get("/.well-known/jmap").await.header("set-cookie"), "");
    let mail = program.email("Wandertag").await;
    let patch = json!({ mail["id"].as_str().unwrap(): { "keywords/$flagged": true } });
    let answer = program.call("Email/set", json!({ "update": patch })).await;
    assert!(answer["updated"].is_object(), "{answer}");

    let account = &program.account;
    let upload = Request::post(format!("/jmap/upload/{account}"));
    let blob = program.send(upload, "Hallo").await;
    assert_eq!(blob.status, StatusCode::CREATED);
    let id = blob.json()["blobId"].as_str().unwrap().to_owned();
    let download = program.get(&format!("/jmap/download/{account}/{id}/a.txt?type=text/plain")).await;
    assert_eq!((download.status, download.body.as_slice()), (StatusCode::OK, &b"Hallo"[..]));
    let events = Request::get("/jmap/events?types=*&closeafter=state&ping=0").header("last-event-id", "old");
    let missed = program.send(events, Body::empty()).await;
    assert!(String::from_utf8_lossy(&missed.body).contains("StateChange"), "{missed:?}");
    // Of whichever site: it sends what no browser sends by itself.
    let api = Request::post("/jmap/api").header(header::CONTENT_TYPE, "application/json");
    let elsewhere = api.header(header::ORIGIN, "app://elsewhere");
    let echo = json!({ "using": [], "methodCalls": [] }).to_string();
    assert_eq!(program.send(elsewhere, echo).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_read_only_app_password_changes_nothing() {
    let world = World::new().await;
    let program = world.program(LENA.0, TokenAccess::ReadOnly).await;
    let session = program.get("/.well-known/jmap").await.json();
    assert_eq!(session["accounts"][&program.account]["isReadOnly"], true);
    program.email("Wandertag").await;
    assert_eq!(program.error("Email/set", json!({ "destroy": ["E1"] })).await, "accountReadOnly");
    let upload = Request::post(format!("/jmap/upload/{}", program.account));
    assert_eq!(program.send(upload, "Hallo").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn basic_takes_the_app_password_of_this_login_and_no_other_password() {
    let world = World::new().await;
    let mut program = world.browser();
    let token = world.sessions().create_token(LENA.0, None, TokenAccess::Full, None).await.unwrap();
    for (login, password, expected) in [
        (LENA.0, token.reveal(), StatusCode::OK),
        ("Lena.Sommer ", token.reveal(), StatusCode::OK),
        ("jonas.sommer", token.reveal(), StatusCode::UNAUTHORIZED),
        (LENA.0, LENA.1.to_owned(), StatusCode::UNAUTHORIZED),
        (LENA.0, String::new(), StatusCode::UNAUTHORIZED),
    ] {
        program.authorization = basic(login, &password);
        assert_eq!(status(&program).await, expected, "{login}");
    }
    // A browser may have remembered it, so another site gains nothing by it.
    program.authorization = basic(LENA.0, &token.reveal());
    let post = Request::post("/jmap/api")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ORIGIN, "https://evil.test");
    let answer = program.send(post, json!({ "using": [], "methodCalls": [] }).to_string()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_no_good_app_password_opens_nothing() {
    let world = World::new().await;
    let token = world.sessions().create_token(LENA.0, None, TokenAccess::Full, None).await.unwrap();
    let good = token.reveal();
    let (front, last) = good.split_at(good.len() - 1);
    let other = format!("{front}{}", if last == "0" { "1" } else { "0" });
    let mut lena = world.login(LENA).await;
    for text in ["", "Bearer", "Bearer ", "Digest x", "Basic !", "Basic bGVuYQ==", "Bearer tornister_ü"] {
        // A broken one does not fall back to the cookie.
        lena.authorization = Some(text.to_owned());
        assert_eq!(status(&lena).await, StatusCode::UNAUTHORIZED, "{text}");
    }
    lena.authorization = Some(format!("Bearer {other}"));
    assert_eq!(status(&lena).await, StatusCode::UNAUTHORIZED);
    lena.authorization = Some(format!("bearer {good}"));
    assert_eq!(status(&lena).await, StatusCode::OK);
}

#[tokio::test]
async fn app_passwords_end_when_they_run_out_are_revoked_or_their_person_leaves() {
    let world = World::new().await;
    let sessions = world.sessions();
    let in_an_hour: UtcDate = "2026-09-14T07:00:00Z".parse().unwrap();
    let mut clients = Vec::new();
    for (name, expires) in [("Handy", Some(in_an_hour)), ("Rechner", None), ("Tablet", None)] {
        let token = sessions.create_token(LENA.0, Some(name), TokenAccess::Full, expires).await.unwrap();
        let mut client = world.browser();
        client.authorization = Some(format!("Bearer {}", token.reveal()));
        assert_eq!(status(&client).await, StatusCode::OK);
        clients.push(client);
    }
    let again = sessions.create_token(LENA.0, Some("Handy"), TokenAccess::Full, None).await.unwrap_err();
    assert!(matches!(again, CreateTokenError::NameTaken { .. }), "{again}");

    world.clock.advance(3600);
    assert_eq!(status(&clients[0]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(sessions.revoke_tokens(LENA.0, Some("Rechner")).await.unwrap(), 1);
    assert_eq!(status(&clients[1]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&clients[2]).await, StatusCode::OK);
    sessions.sweep().await.unwrap();
    let left = sessions.tokens(LENA.0).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].name, "Tablet");
    assert_eq!(left[0].used_on, Some("2026-09-14".parse().unwrap()));

    let profile = world.file("school.toml");
    let text = std::fs::read_to_string(&profile).unwrap();
    std::fs::write(&profile, text.replace("lena.sommer", "lena.winter")).unwrap();
    std::fs::rename(world.file("users/lena.sommer"), world.file("users/lena.winter")).unwrap();
    world.import().await;
    assert_eq!(status(&clients[2]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(sessions.tokens(LENA.0).await.unwrap(), []);
}

#[tokio::test]
async fn who_is_locked_is_locked_out_of_every_program_and_comes_back_with_them() {
    let world = World::new().await;
    let program = world.program(LENA.0, TokenAccess::Full).await;
    world.embedded.set_locked(LENA.0, true).await.unwrap();
    for path in ["/.well-known/jmap", "/jmap/events?types=*&closeafter=no&ping=0"] {
        assert_eq!(program.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let upload = Request::post(format!("/jmap/upload/{}", program.account));
    assert_eq!(program.send(upload, "x").await.status, StatusCode::UNAUTHORIZED);
    world.embedded.set_locked(LENA.0, false).await.unwrap();
    assert_eq!(status(&program).await, StatusCode::OK);
}

#[tokio::test]
async fn an_app_password_outlives_a_new_password_but_waits_for_one_that_is_owed() {
    let world = World::new().await;
    let program = world.program(LENA.0, TokenAccess::Full).await;
    // A program's password says nothing of the person's, so nothing has to be set up again.
    let chosen = json!({ "username": LENA.0, "password": LENA.1, "newPassword": "Nussbaum-9-im-Hof" });
    let answer = world.browser().post("/auth/password", &chosen).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    assert_eq!(status(&program).await, StatusCode::OK);
    // While the person has only a first password, nobody knows who has the device.
    let first = world.embedded.reset_password(LENA.0).await.unwrap();
    assert_eq!(status(&program).await, StatusCode::UNAUTHORIZED);
    let chosen =
        json!({ "username": LENA.0, "password": first.reveal(), "newPassword": "Haselmaus-8-am-Zaun" });
    let answer = world.browser().post("/auth/password", &chosen).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    assert_eq!(status(&program).await, StatusCode::OK);
}

#[tokio::test]
async fn who_is_deleted_takes_the_app_passwords_along() {
    let world = World::new().await;
    let program = world.program(LENA.0, TokenAccess::Full).await;
    world.embedded.delete_person(LENA.0).await.unwrap();
    assert_eq!(status(&program).await, StatusCode::UNAUTHORIZED);
    assert_eq!(world.sessions().tokens(LENA.0).await.unwrap(), []);
}

#[tokio::test]
async fn a_stranger_is_told_how_to_come_in_and_a_browser_opens_no_window_for_it() {
    let world = World::new().await;
    let nobody = world.browser();
    for path in ["/.well-known/jmap", "/jmap/events?types=*&closeafter=no&ping=0", "/jmap/download/a/b/c"] {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(challenges(&answer), ["Bearer", "Basic"], "{path}");
        let browser = Request::get(path).header("sec-fetch-mode", "cors");
        assert_eq!(challenges(&nobody.send(browser, Body::empty()).await), ["Bearer"], "{path}");
    }
    let mut lena = world.login(LENA).await;
    lena.post("/auth/logout", &json!({})).await;
    assert_eq!(challenges(&lena.get("/.well-known/jmap").await), [""; 0]);
    lena.cookie = None;
    assert_eq!(lena.get("/").await.headers.get(header::WWW_AUTHENTICATE), None);
}

#[tokio::test]
async fn the_database_does_not_hold_app_passwords() {
    let world = World::new().await;
    let token = world.sessions().create_token(LENA.0, None, TokenAccess::Full, None).await.unwrap();
    let text = token.reveal();
    let secret = text.rsplit('_').next().unwrap();
    assert_eq!(secret.len(), 64);
    assert!(!format!("{token:?}").contains(secret));
    world.database.close().await;
    let bytes = std::fs::read(world.scratch().join("data/school.db")).unwrap();
    let raw: Vec<u8> =
        (0..32).map(|index| u8::from_str_radix(&secret[2 * index..2 * index + 2], 16).unwrap()).collect();
    assert!(!bytes.windows(64).any(|window| window == secret.as_bytes()));
    assert!(!bytes.windows(32).any(|window| window == raw));
}
