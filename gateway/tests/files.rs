//! The app's own files, and what strangers sent.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use futures_util::stream;
use tornister::http::{Limits, assets::Assets, router};

use crate::common::{Client, LENA, World};

const PAGE: &str = "<!doctype html><title>Tornister</title>";

fn app(world: &World) -> Client {
    let dist = world.scratch().join("dist");
    std::fs::create_dir_all(dist.join("icons")).unwrap();
    for (name, content) in [
        ("index.html", PAGE),
        ("sw.js", "self.addEventListener('fetch', () => {});"),
        ("manifest.webmanifest", "{}"),
        ("app-0a1b2c3d4e5f6071.js", "plain"),
        ("app-0a1b2c3d4e5f6071.js.br", "compressed"),
        ("app-0a1b2c3d4e5f6071_bg.wasm", "\0asm"),
        ("icons/192.png", "png"),
    ] {
        std::fs::write(dist.join(name), content).unwrap();
    }
    let mut gateway = world.gateway();
    gateway.assets = Assets::Folder(dist);
    Client::new(router(gateway))
}

#[tokio::test]
async fn the_page_answers_every_address_inside_the_app_under_a_strict_policy() {
    let world = World::new().await;
    let browser = app(&world);
    for path in ["/", "/index.html", "/post", "/post/E1234/anhang", "/kalender?tag=2026-09-14"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::OK, PAGE.as_bytes()), "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: \
             blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; font-src 'self'; frame-src \
             'self' blob:; form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
    }
    for path in [
        "/nothing.js",
        "/icons/512.png",
        "/../Cargo.toml",
        "/jmap/elsewhere",
        "/auth/login/",
        "/.well-known/x",
        "/%2e%2e/Cargo.toml",
        "/post/x.css",
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let post = browser.send(Request::post("/post"), "").await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn hashed_files_are_kept_and_others_are_asked_for() {
    let world = World::new().await;
    let browser = app(&world);
    for (path, kind, kept) in [
        ("/app-0a1b2c3d4e5f6071.js", "text/javascript; charset=utf-8", true),
        ("/app-0a1b2c3d4e5f6071_bg.wasm", "application/wasm", true),
        ("/sw.js", "text/javascript; charset=utf-8", false),
        ("/manifest.webmanifest", "application/manifest+json", false),
        ("/icons/192.png", "image/png", false),
    ] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, kind), "{path}");
        let expected = if kept { "public, max-age=31536000, immutable" } else { "no-cache" };
        assert_eq!(answer.header("cache-control"), expected, "{path}");
    }
    let tag = browser.get("/sw.js").await.header("etag").to_owned();
    let known = Request::get("/sw.js").header(header::IF_NONE_MATCH, &tag);
    assert_eq!(browser.send(known, "").await.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_was_compressed_before_is_sent_so() {
    let world = World::new().await;
    let browser = app(&world);
    let path = "/app-0a1b2c3d4e5f6071.js";
    let answer = browser.send(Request::get(path).header(header::ACCEPT_ENCODING, "gzip, br"), "").await;
    assert_eq!((answer.header("content-encoding"), answer.body.as_slice()), ("br", b"compressed".as_slice()));
    assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    for coding in ["br;q=0", "identity"] {
        let answer = browser.send(Request::get(path).header(header::ACCEPT_ENCODING, coding), "").await;
        assert_eq!((answer.header("content-encoding"), answer.body.as_slice()), ("", b"plain".as_slice()));
        assert!(answer.header("vary").contains("accept-encoding"));
    }
}

#[tokio::test]
async fn a_download_can_run_nothing() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let blob = lena.email("Wandertag").await["blobId"].as_str().unwrap().to_owned();
    let name = "Pl%C3%A4ne%22%0d%0aX:%20y.html";
    let download = async |kind: &str| {
        lena.get(&format!("/jmap/download/{}/{blob}/{name}?type={kind}", lena.account)).await
    };
    let answer = download("text/html").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.starts_with(b"From: Frau Voss"));
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"Pl_ne___X_ y.html\"; filename*=UTF-8''Pl%C3%A4ne%22%0D%0AX%3A%20y.html"
    );
    assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    for (wanted, told) in [
        ("image/png", "image/png"),
        ("message/rfc822", "message/rfc822"),
        ("text/plain;%20charset=utf-8", "text/plain; charset=utf-8"),
        // Of a list of types browsers take the last.
        ("text/plain;,text/javascript", "text/plain"),
        ("text/plain;%20charset=utf-8,text/javascript", "text/plain"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""),
        ("image/svg%2Bxml", "application/octet-stream"),
        ("application/xhtml%2Bxml", "application/octet-stream"),
        ("text/javascript", "application/octet-stream"),
        ("text/html%0D%0AX:y", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
    ] {
        let told = if told.is_empty() { wanted } else { told };
        assert_eq!(download(wanted).await.header("content-type"), told);
    }
    for wrong in [format!("{blob}-99"), "B00".to_owned(), format!("{blob}-1-1")] {
        let answer = lena.get(&format!("/jmap/download/{}/{wrong}/x?type=text/plain", lena.account)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn what_runs_as_a_worker_is_bound_as_its_page_is_and_all_else_may_do_nothing() {
    let world = World::new().await;
    let browser = app(&world);
    let page = browser.get("/").await.header("content-security-policy").to_owned();
    assert!(page.contains("connect-src 'self'"), "{page}");
    assert_eq!(browser.get("/sw.js").await.header("content-security-policy"), page);
    for path in ["/app-0a1b2c3d4e5f6071_bg.wasm", "/nowhere.png", "/jmap/nowhere", "/healthz"] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{path}");
    }
}

#[tokio::test]
async fn messages_inside_messages_are_opened_so_far_and_no_further() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = format!("{}Subject: x\n\ninnermost", "Content-Type: message/rfc822\n\n".repeat(30));
    let upload = Request::post(format!("/jmap/upload/{}", lena.account));
    let blob = lena.send(upload, mail).await.json()["blobId"].as_str().unwrap().to_owned();
    for (depth, status) in
        [(1, StatusCode::OK), (10, StatusCode::OK), (11, StatusCode::NOT_FOUND), (20, StatusCode::NOT_FOUND)]
    {
        let path = format!("/jmap/download/{}/{blob}{}/x", lena.account, "-1".repeat(depth));
        assert_eq!(lena.get(&path).await.status, status, "{depth}");
    }
}

async fn limited(world: &World, limits: Limits) -> Client {
    let mut gateway = world.gateway();
    gateway.limits = limits;
    let mut lena = Client::new(router(gateway));
    lena.log_in(LENA).await;
    lena
}

#[tokio::test]
async fn a_slow_upload_arrives_and_one_that_stops_ends() {
    const LONG: Duration = Duration::from_secs(60);
    let world = World::new().await;
    let short = Duration::from_millis(500);
    let limits = Limits { request: short, upload: LONG, rest: LONG };
    let lena = limited(&world, limits).await;
    let slow = || {
        let pieces = stream::unfold(0, |piece| async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            (piece < 8).then_some((Ok::<_, Infallible>(" "), piece + 1))
        });
        Body::from_stream(pieces)
    };
    let post = |path: &str| Request::post(path).header(header::CONTENT_TYPE, "application/json");
    let upload = format!("/jmap/upload/{}", lena.account);
    assert_eq!(lena.send(post(&upload), slow()).await.json()["size"], 8);
    assert_eq!(lena.send(post("/jmap/api"), slow()).await.status, StatusCode::REQUEST_TIMEOUT);
    let limits = Limits { request: LONG, upload: LONG, rest: Duration::from_millis(20) };
    let lena = limited(&world, limits).await;
    assert!(lena.send(post(&upload), slow()).await.status.is_client_error());
}
