//! What the gateway is compared with: a bare axum handler that answers the same bytes, in a process of its own.

use std::{convert::Infallible, env, fs, path::Path};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::Bytes,
    http::{HeaderName, HeaderValue},
    response::sse::{Event, Sse},
    routing::{get, post},
};
use futures_util::stream;
use tokio::net::TcpListener;

use crate::{
    server::{self, Cores, Server},
    wire::Answer,
};

/// The argument that makes this program the reference.
pub const ARGUMENT: &str = "--reference";

/// Answers `answer` to everybody; `folder` is for its files.
pub fn start(folder: &Path, answer: &Answer) -> Result<Server> {
    let (head, body) = (folder.join("reference.head"), folder.join("reference.body"));
    fs::write(&head, &answer.head)?;
    fs::write(&body, &answer.body)?;
    let program = env::current_exe()?;
    let mut command = server::command(program.to_str().context("a path in UTF-8")?, Cores::First);
    Server::start(command.arg(ARGUMENT).arg(head).arg(body))
}

/// Serves until it is killed.
pub async fn serve(head: &str, body: &str) -> Result<()> {
    let body = Bytes::from(fs::read(body)?);
    let head = fs::read_to_string(head)?;
    // What the server or the connection writes by itself.
    let own = ["content-length", "transfer-encoding", "connection", "date"];
    let headers: Vec<(HeaderName, HeaderValue)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(name, _)| !own.contains(name))
        .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
        .collect();
    let api = post(async move |_: Bytes| {
        let mut response = axum::response::Response::new(axum::body::Body::from(body.clone()));
        response.headers_mut().extend(headers.clone());
        response
    });
    let events = get(async || Sse::new(stream::pending::<Result<Event, Infallible>>()));
    let router = Router::new().route("/jmap/api", api).route("/jmap/events", events);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}
