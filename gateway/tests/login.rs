//! Coming in, staying in, going out.

use std::time::{Duration, Instant};

use axum::http::{Request, StatusCode, header};
use serde_json::json;

use crate::common::{JONAS, LENA, World};

#[tokio::test]
async fn a_pupil_logs_in_sees_her_session_and_logs_out() {
    let world = World::new().await;
    let mut lena = world.browser();
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);

    let answer = lena.try_login(("Lena.Sommer ", LENA.1)).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-tornister="), "{cookie}");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=7776000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    lena.cookie = cookie.split(';').next().map(str::to_owned);

    let answer = lena.get("/.well-known/jmap").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let session = answer.json();
    insta::with_settings!({ sort_maps => true }, {
        insta::assert_json_snapshot!(session, { ".state" => "[state]" });
    });

    let out = lena.post("/auth/logout", &json!({})).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(lena.post("/auth/logout", &json!({})).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_refused_alike() {
    let world = World::new().await;
    let browser = world.browser();
    for who in [("lena.sommer", "eichhorn-7"), ("nobody", "Eichhorn-7"), ("", "")] {
        let answer = browser.try_login(who).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.json(), json!({ "reason": "wrongCredentials" }));
        assert_eq!(answer.header("set-cookie"), "");
    }
    let broken = browser.post("/auth/login", &json!({ "username": "lena.sommer", "password": 7 })).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn how_long_a_refusal_takes_does_not_tell_whether_a_login_exists() {
    let world = World::new().await;
    let browser = world.browser();
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..4 {
        for (login, fastest) in [LENA.0, "nobody"].into_iter().zip(&mut fastest) {
            #[expect(clippy::disallowed_methods, reason = "a test's own stopwatch")]
            let start = Instant::now();
            assert_eq!(browser.try_login((login, "falsch")).await.status, StatusCode::UNAUTHORIZED);
            *fastest = start.elapsed().min(*fastest);
        }
    }
    let [known, unknown] = fastest;
    // Without the work of checking a password it would be a hundredth.
    assert!(unknown * 2 > known, "{unknown:?} against {known:?}");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_password_waits_too() {
    let world = World::new().await;
    let browser = world.browser();
    for _ in 0..5 {
        browser.try_login(("lena.sommer", "falsch")).await;
    }
    let answer = browser.try_login(LENA).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.json(), json!({ "reason": "tooManyTries", "retryAfter": 2 }));
    assert_eq!(answer.header("retry-after"), "2");
    world.clock.advance(2);
    // Guesses from other browsers count on the same gateway only.
    assert_eq!(browser.try_login(LENA).await.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.try_login(JONAS).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_own_device_stays_logged_in_while_it_is_used() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for _ in 0..3 {
        world.clock.advance(80 * 86_400);
        let answer = lena.get("/.well-known/jmap").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header("set-cookie").contains("Max-Age=7776000"));
        let again = lena.get("/.well-known/jmap").await;
        assert_eq!(again.header("set-cookie"), "");
    }
    world.clock.advance(91 * 86_400);
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_shared_device_is_logged_out_after_half_a_day() {
    let world = World::new().await;
    let mut lena = world.browser();
    let login = json!({ "username": LENA.0, "password": LENA.1, "device": "shared" });
    let answer = lena.post("/auth/login", &login).await;
    let cookie = answer.header("set-cookie");
    assert!(!cookie.contains("Max-Age"), "{cookie}");
    lena.cookie = cookie.split(';').next().map(str::to_owned);
    world.clock.advance(12 * 3600 - 1);
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::OK);
    world.clock.advance(1);
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_new_login_ends_the_browser_s_old_session() {
    let world = World::new().await;
    let old = world.login(LENA).await;
    let mut new = old.clone();
    new.log_in(LENA).await;
    assert_ne!(new.cookie, old.cookie);
    assert_eq!(old.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(new.get("/.well-known/jmap").await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_site_cannot_post_for_somebody() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let post = |origin: &str| {
        Request::post("/auth/logout")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ORIGIN, origin)
    };
    for origin in ["https://evil.test", "null", "https://school.test.evil.test", "https://school.test:8443"] {
        assert_eq!(lena.send(post(origin), "{}").await.status, StatusCode::FORBIDDEN, "{origin}");
    }
    let form = Request::post("/auth/logout").header(header::CONTENT_TYPE, "text/plain");
    assert_eq!(lena.send(form, "{}").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::OK);
    assert_eq!(lena.send(post("https://school.test"), "{}").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_database_holds_neither_passwords_nor_tokens() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let token = lena.cookie.as_deref().and_then(|cookie| cookie.split_once('=')).unwrap().1.to_owned();
    world.database.close().await;
    let bytes = std::fs::read(world.scratch().join("data/school.db")).unwrap();
    for secret in [LENA.1, &token] {
        let raw: Vec<u8> = (0..secret.len() / 2)
            .filter_map(|index| u8::from_str_radix(&secret[2 * index..2 * index + 2], 16).ok())
            .collect();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        assert!(raw.len() < 32 || !bytes.windows(32).any(|window| window == raw));
    }
}
