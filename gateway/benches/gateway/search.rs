//! Searching: 20,000 mails each for two pupils, and what somebody may type.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::{
    clock::Stopwatch,
    load::quantile,
    mails::{self, EVERYWHERE, Mix},
    report::{Budget, Report},
    school::{School, Session},
    server::{Cores, Server},
    wire::Connection,
};

const REPEATED: usize = 9;
/// Each takes as long as the server lets somebody wait.
const TRIES: usize = 20;
/// What the issue promises.
const BUDGET: f64 = 50.0;

/// `Email/query` with `text`, newest first, the first fifty and the number of all.
pub async fn measure(report: &mut Report, mails: usize) -> Result<()> {
    let box_of_each = mails::mails(mails, Mix::Plain);
    let school = School::new(2)?;
    school.import_mails(&box_of_each, &["--class", "7b"])?;
    let server = school.serve(Cores::First)?;
    let mut connection = Connection::open(server.address).await?;
    let session = searcher(&mut connection, &server, 1).await?;
    // The server is busy until it has prepared everybody's mails, and these were imported first.
    searcher(&mut connection, &server, 0).await?;
    let name = |what: &str, found: &Value| format!("search {mails} mails: {what}, {found} found");
    for (what, text) in [
        ("a word of each mail", EVERYWHERE),
        ("its beginning", "Stadtw"),
        ("one letter", "s"),
        ("two words", "Stadtwald Nachricht"),
        ("a phrase", "\"am Stadtwald\""),
        ("a rare word", "Mülleraufgabe"),
        ("a word that is nowhere", "Quokka"),
    ] {
        let bare = scan(&box_of_each, text);
        let filter = json!({ "text": text });
        let (wait, found) = ask(&mut connection, &session, &filter).await?;
        report.judge(&name(what, &found), "ms", wait, bare, Budget::AtMost(BUDGET));
    }
    let unread = json!({ "text": EVERYWHERE, "notKeyword": "$seen", "hasAttachment": false });
    let (wait, found) = ask(&mut connection, &session, &unread).await?;
    let bare = scan(&box_of_each, EVERYWHERE);
    report.judge(&name("unread with it", &found), "ms", wait, bare, Budget::AtMost(BUDGET));
    let (wait, found) = ask(&mut connection, &session, &Value::Null).await?;
    report.tell(&name("no word at all", &found), "ms", wait);
    Ok(())
}

/// Somebody whose mails are found: what was just imported is made searchable first.
pub async fn searcher(connection: &mut Connection, server: &Server, pupil: usize) -> Result<Session> {
    let mut session = Session::begin(server.address, pupil).await?;
    session.look_up(connection).await?;
    let query = json!([["Email/query", { "filter": { "text": EVERYWHERE } }, "0"]]);
    let request = session.jmap(&query, "");
    for _ in 0..TRIES {
        let answer = connection.ask_json(&request).await?;
        match answer["methodResponses"][0][1]["type"].as_str() {
            None => return Ok(session),
            Some("serverUnavailable") => {}
            Some(error) => bail!("the search failed: {error}"),
        }
    }
    bail!("mails are still not searchable")
}

/// Milliseconds of the median, and how many were found.
async fn ask(connection: &mut Connection, session: &Session, filter: &Value) -> Result<(f64, Value)> {
    let query = json!({
        "filter": filter, "limit": 50, "calculateTotal": true,
        "sort": [{ "property": "receivedAt", "isAscending": false }],
    });
    let request = session.jmap(&json!([["Email/query", query, "0"]]), "");
    let (mut times, mut found) = (Vec::new(), Value::Null);
    for _ in 0..REPEATED {
        let watch = Stopwatch::start();
        let answer = connection.ask_json(&request).await?;
        times.push(watch.seconds() * 1000.0);
        let total = answer["methodResponses"][0][1].get("total");
        found = total.with_context(|| format!("no total: {answer}"))?.clone();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    times.sort_by(f64::total_cmp);
    Ok((quantile(&times, 0.5), found))
}

/// Milliseconds to look at every byte of every mail: what a search without an index costs at least.
fn scan(mails: &[Vec<u8>], text: &str) -> f64 {
    let wanted = text.trim_matches('"').as_bytes();
    let watch = Stopwatch::start();
    let found = mails.iter().filter(|mail| mail.windows(wanted.len()).any(|part| part == wanted)).count();
    std::hint::black_box(found);
    watch.seconds() * 1000.0
}
