//! What somebody costs who is there and asks nothing.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::{
    reference,
    report::{Budget, Report},
    school::{EVENTS, School, Session},
    server::{Cores, Server},
    wire::Connection,
};

const KB: f64 = 1e3;
const CHANGES: u32 = 4;
/// All streams have their news by then.
const UNTIL_ALL_HEARD: Duration = Duration::from_secs(2);

/// Memory of a connection that has asked once, and of an event stream; what a change costs while streams are open.
pub async fn measure(report: &mut Report, school: &School, sessions: &[Session]) -> Result<()> {
    let call = json!([["Core/echo", {}, "0"]]);
    let asks: Vec<Vec<u8>> = sessions.iter().map(|session| session.jmap(&call, "")).collect();
    let listens: Vec<Vec<u8>> = sessions.iter().map(|session| session.get(EVENTS)).collect();
    let answer = {
        let server = school.serve(Cores::First)?;
        Connection::open(server.address).await?.ask(&asks[0]).await?
    };
    for (name, requests, is_stream) in
        [("memory of an idle session", &asks, false), ("memory of an event stream", &listens, true)]
    {
        let reference = reference::start(&school.path(""), &answer)?;
        let (bare, _) = each(&reference, requests, is_stream).await?;
        let server = school.serve(Cores::First)?;
        let (ours, open) = each(&server, requests, is_stream).await?;
        report.judge(name, "kB", ours / KB, bare / KB, Budget::RatioAtMost(3.0));
        if is_stream {
            let name = format!("  one pupil's change with {} streams open, processor time", open.len());
            report.tell(&name, "ms", seconds_of_a_change(&server, &sessions[0]).await? * 1000.0);
        }
    }
    Ok(())
}

/// Bytes for each of these, and what was opened. The first tenth only fills caches.
async fn each(server: &Server, requests: &[Vec<u8>], is_stream: bool) -> Result<(f64, Vec<Connection>)> {
    let (warm, rest) = requests.split_at(requests.len() / 10);
    let mut connections = open(server, warm, is_stream).await?;
    let before = server.memory()?;
    connections.extend(open(server, rest, is_stream).await?);
    let grown = server.memory()? - before;
    Ok((grown / f64::from(u32::try_from(rest.len())?), connections))
}

/// The server's processor time for it, all who listen included.
async fn seconds_of_a_change(server: &Server, session: &Session) -> Result<f64> {
    let mut connection = Connection::open(server.address).await?;
    let before = server.cpu()?;
    for number in 0..CHANGES {
        let create = json!({ "m": { "name": format!("Mappe {number}") } });
        let call = json!([["Mailbox/set", { "create": create }, "0"]]);
        connection.ask_json(&session.jmap(&call, "")).await?;
        tokio::time::sleep(UNTIL_ALL_HEARD).await;
    }
    Ok((server.cpu()? - before).as_secs_f64() / f64::from(CHANGES))
}

async fn open(server: &Server, requests: &[Vec<u8>], is_stream: bool) -> Result<Vec<Connection>> {
    let mut connections = Vec::new();
    for request in requests {
        let mut connection = Connection::open(server.address).await?;
        let status = if is_stream {
            connection.begin(request).await?.0
        } else {
            connection.ask(request).await?.status
        };
        ensure!(status == 200, "answered by {status}");
        connections.push(connection);
    }
    Ok(connections)
}
