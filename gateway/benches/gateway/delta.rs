//! Learning that nothing is new: the request that every phone makes most often, on one core.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{
    load::{Client, at_pace, fastest, quantile},
    reference,
    report::{Budget, Report},
    school::{School, Session},
    server::{Cores, Server},
    wire::Connection,
};

/// The types that the app keeps.
const TYPES: [&str; 7] = ["Mailbox", "Email", "Calendar", "CalendarEvent", "Task", "Lesson", "DayNote"];
/// As browsers send it.
const HEADERS: &str = "accept-encoding: gzip, br\r\norigin: http://localhost\r\n";
const LASTS: Duration = Duration::from_secs(5);

/// Everybody's connection, and the answer that the first one gets.
pub async fn measure(report: &mut Report, school: &School, sessions: &[Session]) -> Result<()> {
    let server = school.serve(Cores::First)?;
    let mut requests = Vec::new();
    let mut connection = Connection::open(server.address).await?;
    for session in sessions {
        requests.push(session.jmap(&delta(&mut connection, session).await?, HEADERS));
    }
    let first = requests.first().context("nobody is logged in")?;
    let answer = connection.ask(first).await?;
    let reference = reference::start(&school.path(""), &answer)?;

    let here = clients(&server, &requests).await?;
    let there = clients(&reference, &requests).await?;
    // What is asked first fills caches.
    fastest(&here, LASTS / 5).await?;
    fastest(&there, LASTS / 5).await?;
    let bare = fastest(&there, LASTS).await?;
    let ours = fastest(&here, LASTS).await?;
    let name = format!("empty deltas a second, {} sessions, one core", sessions.len());
    report.judge(&name, "/s", ours, bare, Budget::RatioAtLeast(0.04));
    let pace = ours / 2.0;
    let bare = at_pace(&there, pace, LASTS).await?;
    let ours = at_pace(&here, pace, LASTS).await?;
    report.compare("  median at half that pace", "ms", quantile(&ours, 0.5), quantile(&bare, 0.5));
    report.judge(
        "  99th percentile at half that pace",
        "ms",
        quantile(&ours, 0.99),
        quantile(&bare, 0.99),
        Budget::AtMost(50.0),
    );
    report.tell("  bytes of an answer's body", "B", f64::from(u32::try_from(answer.body.len())?));
    Ok(())
}

async fn clients(server: &Server, requests: &[Vec<u8>]) -> Result<Vec<Arc<Client>>> {
    let mut clients = Vec::new();
    for request in requests {
        clients.push(Client::open(server.address, request.clone()).await?);
    }
    Ok(clients)
}

/// What the app asks when it knows everything.
async fn delta(connection: &mut Connection, session: &Session) -> Result<Value> {
    let states: Value =
        TYPES.iter().map(|name| json!([format!("{name}/get"), { "ids": [] }, name])).collect();
    let answer = connection.ask_json(&session.jmap(&states, "")).await?;
    let mut calls = Vec::new();
    for (at, name) in TYPES.iter().enumerate() {
        let state = &answer["methodResponses"][at][1]["state"];
        let (changes, get) = (format!("{name}/changes"), format!("{name}/get"));
        calls.push(json!([changes, { "sinceState": state, "maxChanges": 250 }, format!("{name}.changes")]));
        let mut found = |path: &str, call: &str| {
            let ids = json!({ "resultOf": format!("{name}.changes"), "name": changes, "path": path });
            calls.push(json!([get, { "#ids": ids }, format!("{name}.{call}")]));
        };
        found("/created", "created");
        if *name == "Email" {
            found("/created", "createdBodies");
        }
        found("/updated", "updated");
    }
    Ok(Value::Array(calls))
}
