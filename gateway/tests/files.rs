//! The app's own files, and what strangers sent.

use axum::http::{Request, StatusCode, header};
use tornister::http::{assets::Assets, router};

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
