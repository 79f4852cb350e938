//! Clients that are slow, or that pretend to be: they are waited for, but not for ever, and nobody waits for them.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tornister::http::{
    server::{self, Patience},
    tls::{Tls, TlsFiles},
};

use crate::{
    common::{LENA, World},
    operation::certificate,
};

const SHORT: Duration = Duration::from_millis(300);
/// Somebody who was left learns of it within this time.
const SOON: Duration = Duration::from_secs(20);
const NEVER: Duration = Duration::from_secs(3600);
/// More than the kernel's buffers take.
const LARGE: usize = 64 * 1024 * 1024;

/// Three times as much as a request may have.
const TOO_MUCH: usize = 30_000_000;

/// Waits for nothing but what a test is about.
const PATIENT: Patience = Patience { head: NEVER, handshake: NEVER, write: NEVER, from_one: 1000 };

async fn begin(tls: Option<Tls>, patience: Patience) -> SocketAddr {
    let router =
        Router::new().route("/", get(async || "here")).route("/large", get(async || vec![b'x'; LARGE]));
    begin_with(router, tls, patience).await
}

async fn begin_with(router: Router, tls: Option<Tls>, patience: Patience) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, tls, router, patience, std::future::pending()));
    address
}

async fn say(address: SocketAddr, words: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    stream
}

/// All that the server sends until it ends the connection.
async fn heard(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    // A connection that was cut off is over, too.
    let _ = timeout(SOON, stream.read_to_end(&mut answer)).await.expect("the connection stays open");
    answer
}

#[tokio::test]
async fn who_never_finishes_a_request_is_left() {
    let address = begin(None, Patience { head: SHORT, ..PATIENT }).await;
    let mut silent = say(address, "").await;
    let mut slow = say(address, "GET / HTTP/1.1\r\nhost: school.test\r\nx-").await;
    for stream in [&mut silent, &mut slow] {
        assert!(!String::from_utf8(heard(stream).await).unwrap().contains("here"));
    }
}

#[tokio::test]
async fn who_rests_too_long_between_two_requests_is_left() {
    let address = begin(None, Patience { head: SHORT, ..PATIENT }).await;
    let mut stream = say(address, "GET / HTTP/1.1\r\nhost: school.test\r\n\r\n").await;
    assert!(String::from_utf8(heard(&mut stream).await).unwrap().ends_with("here"));
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_left() {
    let address = begin(None, Patience { write: SHORT, ..PATIENT }).await;
    let mut stream = say(address, "GET /large HTTP/1.1\r\nhost: school.test\r\n\r\n").await;
    // Ten times as long as somebody may take nothing.
    tokio::time::sleep(SHORT * 10).await;
    assert!(heard(&mut stream).await.len() < LARGE);
}

#[tokio::test]
async fn who_takes_an_answer_slowly_gets_all_of_it() {
    let address = begin(None, Patience { write: SHORT, ..PATIENT }).await;
    let request = "GET /large HTTP/1.1\r\nhost: school.test\r\nconnection: close\r\n\r\n";
    let mut stream = say(address, request).await;
    let (mut taken, mut some) = (0, vec![0; LARGE / 16]);
    while let Ok(more @ 1..) = stream.read(&mut some).await {
        taken += more;
        tokio::time::sleep(SHORT / 30).await;
    }
    assert!(taken > LARGE);
}

#[tokio::test]
async fn who_says_too_much_hears_so_after_the_last_word() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let address = begin_with(lena.router(), None, PATIENT).await;
    let head = format!(
        "POST /jmap/api HTTP/1.1\r\nhost: school.test\r\nconnection: close\r\ncookie: {}\r\n\
         content-type: application/json\r\ncontent-length: {TOO_MUCH}\r\n\r\n",
        lena.cookie.as_deref().unwrap()
    );
    let mut stream = say(address, &head).await;
    stream.write_all(&vec![b' '; TOO_MUCH]).await.expect("the server hangs up");
    let answer = String::from_utf8(heard(&mut stream).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("maxSizeRequest"), "{answer}");
}

#[tokio::test]
async fn who_never_shakes_hands_is_left() {
    let home = tempfile::tempdir().unwrap();
    let files = TlsFiles { certificate: home.path().join("cert.pem"), key: home.path().join("key.pem") };
    certificate(home.path());
    let tls = Tls::load(&files).unwrap();
    let address = begin(Some(tls), Patience { handshake: SHORT, ..PATIENT }).await;
    assert!(heard(&mut say(address, "").await).await.is_empty());
}

#[tokio::test]
async fn many_slow_ones_keep_nobody_waiting() {
    let address = begin(None, PATIENT).await;
    let mut slow = Vec::new();
    for _ in 0..500 {
        slow.push(say(address, "GET / HTTP/1.1\r\n").await);
    }
    let mut stream = say(address, "GET / HTTP/1.1\r\nhost: school.test\r\nconnection: close\r\n\r\n").await;
    assert!(String::from_utf8(heard(&mut stream).await).unwrap().ends_with("here"));
}

#[tokio::test]
async fn one_network_cannot_take_every_place() {
    let address = begin(None, Patience { from_one: 20, ..PATIENT }).await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        slow.push(say(address, "GET / HTTP/1.1\r\n").await);
    }
    let request = "GET / HTTP/1.1\r\nhost: school.test\r\nconnection: close\r\n\r\n";
    let mut refused = TcpStream::connect(address).await.unwrap();
    // It may be over before all is said.
    let _ = refused.write_all(request.as_bytes()).await;
    assert!(heard(&mut refused).await.is_empty());
    slow.pop();
    let mut answer = Vec::new();
    for _ in 0..100 {
        answer = heard(&mut say(address, request).await).await;
        if !answer.is_empty() {
            break;
        }
        tokio::time::sleep(SHORT / 10).await;
    }
    assert!(String::from_utf8(answer).unwrap().ends_with("here"));
}
