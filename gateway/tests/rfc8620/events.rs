//! §7: what has changed is pushed.

use std::{collections::BTreeSet, time::Duration};

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, Request, StatusCode, header},
};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::common::{Client, JONAS, LENA, World};

struct Stream(BodyDataStream);

impl Stream {
    async fn open(client: &Client, query: &str, last: Option<&str>) -> (StatusCode, HeaderMap, Self) {
        let mut request = Request::get(format!("/jmap/events?{query}"))
            .header(header::HOST, "school.test")
            .header(header::COOKIE, client.cookie.clone().unwrap_or_default());
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let router = client.router();
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, Self(body.into_data_stream()))
    }

    /// The next event as it stands there; none where the stream has ended.
    async fn text(&mut self) -> Option<String> {
        let chunk = tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.unwrap()?.unwrap();
        Some(String::from_utf8(chunk.to_vec()).unwrap())
    }

    /// Name, id and data of the next event; none where the stream has ended.
    async fn next(&mut self) -> Option<(String, Option<String>, Value)> {
        let text = self.text().await?;
        let data = serde_json::from_str(&field(&text, "data").unwrap()).unwrap();
        Some((field(&text, "event").unwrap(), field(&text, "id"), data))
    }

    async fn is_silent(&mut self) -> bool {
        self.is_silent_for(Duration::from_millis(300)).await
    }

    async fn is_silent_for(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.0.next()).await.is_err()
    }
}

fn field(event: &str, name: &str) -> Option<String> {
    event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::to_owned)
}

async fn change(lena: &Client) {
    let mail = lena.email("Projekt").await;
    let patch = json!({ mail["id"].as_str().unwrap(): { "keywords/pushed": true } });
    lena.call("Email/set", json!({ "update": patch })).await;
}

#[tokio::test]
async fn rfc8620_7_3_a_change_is_told_with_the_types_states() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (status, headers, mut stream) = Stream::open(&lena, "types=*&closeafter=no&ping=0", None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/event-stream"));
    change(&lena).await;
    let (name, id, data) = stream.next().await.unwrap();
    assert_eq!((name.as_str(), &data["@type"]), ("state", &json!("StateChange")));
    assert!(id.is_some());
    let changed = &data["changed"][&lena.account];
    // Nothing else has changed, and no mail was delivered (RFC 8621 §1.5).
    assert_eq!(changed, &json!({ "Email": lena.state("Email").await }));
    assert!(stream.is_silent().await);
}

#[tokio::test]
async fn rfc8620_7_3_only_the_wanted_types_are_told() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (_, _, mut tasks) = Stream::open(&lena, "types=Task&closeafter=no&ping=0", None).await;
    let (_, _, mut mail) =
        Stream::open(&lena, "types=Mailbox,EmailDelivery&closeafter=no&ping=0", None).await;
    std::fs::write(
        world.file("users/lena.sommer/mail/Inbox/9.eml"),
        "Subject: Neu\nDate: Mon, 14 Sep 2026 08:00:00 +0200\n\nx\n",
    )
    .unwrap();
    world.import().await;
    let (_, _, data) = mail.next().await.unwrap();
    let types: Vec<&String> = data["changed"][&lena.account].as_object().unwrap().keys().collect();
    assert_eq!(types, ["EmailDelivery", "Mailbox"]);
    assert!(tasks.is_silent().await);
}

#[tokio::test]
async fn a_change_is_told_to_those_who_see_it_and_to_nobody_else() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let all = "types=*&closeafter=no&ping=0";
    let ((_, _, mut to_lena), (_, _, mut to_jonas)) =
        (Stream::open(&lena, all, None).await, Stream::open(&jonas, all, None).await);
    change(&lena).await;
    assert_eq!(to_lena.next().await.unwrap().0, "state");
    assert!(to_jonas.is_silent().await);
    // Of Lena's class, then of the whole school.
    for (file, is_for_jonas) in [("homework/7b.ics", false), ("calendar/termine.ics", true)] {
        let file = world.file(file);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replacen("SUMMARY:", "SUMMARY:Neu: ", 1)).unwrap();
        world.import().await;
        assert_eq!(to_lena.next().await.unwrap().0, "state", "{}", file.display());
        if is_for_jonas {
            assert_eq!(to_jonas.next().await.unwrap().0, "state");
        } else {
            assert!(to_jonas.is_silent().await);
        }
    }
}

#[tokio::test]
async fn rfc8620_7_3_closeafter_state_ends_after_the_first_state() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (_, _, mut stream) = Stream::open(&lena, "types=*&closeafter=state&ping=0", None).await;
    change(&lena).await;
    assert_eq!(stream.next().await.unwrap().0, "state");
    assert!(stream.next().await.is_none());
}

/// Lena, who may ask for a ping each second.
async fn impatient(world: &World) -> Client {
    let mut gateway = world.gateway();
    gateway.fastest_ping = Duration::from_secs(1);
    let mut lena = Client::new(tornister::http::router(gateway));
    lena.log_in(LENA).await;
    lena
}

#[tokio::test]
async fn rfc8620_7_3_a_ping_comes_only_after_a_silence() {
    let world = World::new().await;
    let lena = impatient(&world).await;
    let (_, _, mut stream) = Stream::open(&lena, "types=*&closeafter=no&ping=4", None).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    change(&lena).await;
    assert_eq!(stream.next().await.unwrap().0, "state");
    assert!(stream.is_silent_for(Duration::from_secs(3)).await);
    assert_eq!(stream.next().await.unwrap().0, "ping");
}

#[tokio::test]
async fn rfc8620_7_3_pings_tell_their_interval() {
    let world = World::new().await;
    let lena = impatient(&world).await;
    let (_, _, mut stream) = Stream::open(&lena, "types=*&closeafter=no&ping=1", None).await;
    let (name, _, data) = stream.next().await.unwrap();
    assert_eq!((name.as_str(), data), ("ping", json!({ "interval": 1 })));
}

#[tokio::test]
async fn rfc8620_7_3_who_comes_back_hears_at_once_what_was_missed() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (_, _, mut stream) = Stream::open(&lena, "types=Email&closeafter=state&ping=0", None).await;
    change(&lena).await;
    let (_, id, _) = stream.next().await.unwrap();
    let id = id.unwrap();
    let (_, _, mut same) = Stream::open(&lena, "types=Email&closeafter=no&ping=0", Some(&id)).await;
    assert!(same.is_silent().await);
    let (_, _, mut behind) = Stream::open(&lena, "types=Email&closeafter=no&ping=0", Some("old")).await;
    assert_eq!(behind.next().await.unwrap().0, "state");
}

#[tokio::test]
async fn those_whose_streams_break_do_not_all_come_back_at_once() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(Stream::open(&lena, "types=*&closeafter=no&ping=0", None).await.2);
    }
    change(&lena).await;
    let mut moments = BTreeSet::new();
    for stream in &mut streams {
        let event = stream.text().await.unwrap();
        let millis: u32 = field(&event, "retry").unwrap().parse().unwrap();
        assert!((2_000..10_000).contains(&millis), "{millis} ms");
        moments.insert(millis);
    }
    assert!(moments.len() > 1, "{moments:?}");
}

#[tokio::test]
async fn rfc8620_7_3_a_stream_is_for_those_who_are_logged_in() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (status, ..) = Stream::open(&world.browser(), "types=*&closeafter=no&ping=0", None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, ..) = Stream::open(&lena, "types=*&closeafter=never&ping=0", None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (_, _, mut stream) = Stream::open(&lena, "types=*&closeafter=no&ping=0", None).await;
    let other = world.login(LENA).await;
    lena.post("/auth/logout", &Value::Null).await;
    change(&other).await;
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn streams_end_when_the_gateway_stops() {
    let world = World::new().await;
    let gateway = world.gateway();
    let closing = gateway.closing.clone();
    let mut lena = Client::new(tornister::http::router(gateway));
    lena.log_in(LENA).await;
    let (_, _, mut stream) = Stream::open(&lena, "types=*&closeafter=no&ping=0", None).await;
    closing.send_replace(true);
    assert!(stream.next().await.is_none());
}
