//! What it costs that an answered change outlives a power cut: the same school on a disk, and in memory, where
//! nothing has to be waited for.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{
    clock::Stopwatch,
    load::quantile,
    mails::{self, Mix},
    report::Report,
    school::{School, Session, login},
    server::Cores,
    wire::Connection,
};

const CHANGES: usize = 200;
const IN_MEMORY: &str = "/dev/shm";

/// A keyword of one mail, set and taken back.
pub async fn measure(report: &mut Report) -> Result<()> {
    let on_disk = School::new(1)?;
    on_disk.import_mails(&mails::mails(200, Mix::Plain), &["--user", &login(0)])?;
    let in_memory = on_disk.copy_to(Path::new(IN_MEMORY))?;
    let disk = milliseconds(&on_disk).await?;
    let memory = milliseconds(&in_memory).await?;
    report.compare("a change on a disk, against one in memory", "ms", disk, memory);
    Ok(())
}

async fn milliseconds(school: &School) -> Result<f64> {
    let server = school.serve(Cores::First)?;
    let mut connection = Connection::open(server.address).await?;
    let mut session = Session::begin(server.address, 0).await?;
    session.look_up(&mut connection).await?;
    let query = session.jmap(&json!([["Email/query", { "limit": 1 }, "0"]]), "");
    let found = connection.ask_json(&query).await?;
    let id = found["methodResponses"][0][1]["ids"][0].as_str().context("no mail")?.to_owned();
    let mut times = Vec::new();
    for number in 0..CHANGES {
        let value = if number % 2 == 0 { Value::Bool(true) } else { Value::Null };
        let update = json!({ &id: { "keywords/$flagged": value } });
        let request = session.jmap(&json!([["Email/set", { "update": update }, "0"]]), "");
        let watch = Stopwatch::start();
        let answer = connection.ask_json(&request).await?;
        times.push(watch.seconds() * 1000.0);
        answer["methodResponses"][0][1]["updated"].get(&id).with_context(|| format!("refused: {answer}"))?;
    }
    times.sort_by(f64::total_cmp);
    Ok(quantile(&times, 0.5))
}
