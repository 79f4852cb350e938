//! How long a hundred changes take, from the answer to the commit that all pages hear of: new mails, mails
//! that were read and mails that were deleted elsewhere. The reference fetches the same answers and puts
//! their objects into IndexedDB.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tornister_tests::{client::Client, demo, facts};

use crate::{as_f64, median, report::Report, school::School};

const MAILS: usize = 5_000;
const RUNS: usize = 5;
const NEW: usize = 50;
const READ: usize = 40;
const DELETED: usize = 10;

/// Notes when a page hears of a commit of mails; attachments that come later have commits of their own.
const LISTEN: &str = "new BroadcastChannel('tornister.sync').onmessage =
    ({ data }) => { window.hasHeard ||= data.includes('\"Email\"'); };";
const HEARD: &str = "while (!window.hasHeard) await new Promise((resolve) => setTimeout(resolve, 5));";

/// Adds the ratio, the times and the number of requests.
pub async fn measure(report: &mut Report) -> Result<()> {
    let school = School::begin(MAILS).await?;
    let client = Client::log_in(&school.gateway().origin(), demo::PUPIL).await?;
    let (_profile, browser) = school.synced_phone().await?;
    let (mut app, mut reference, mut requests) = (Vec::new(), Vec::new(), Vec::new());
    let mut known = newest(&client).await?;
    for _ in 0..RUNS {
        // The app is not open, so nothing is pushed to it before everything has changed.
        change(&client, &mut known).await?;
        school.forget_requests();
        let listen = json!({ "source": LISTEN });
        let script = browser.devtools("Page.addScriptToEvaluateOnNewDocument", listen).await?;
        browser.driver.goto(&school.app.origin()).await?;
        browser.run(HEARD, vec![]).await.context("no commit was told")?;
        app.push(school.elapsed()?);
        let identifier = json!({ "identifier": script["identifier"] });
        browser.devtools("Page.removeScriptToEvaluateOnNewDocument", identifier).await?;
        let asked = school.asked();
        requests.push(as_f64(asked.len() as u64));
        reference.push(school.sync_reference(&browser, &asked).await?);
    }
    browser.close().await?;
    let (app, reference) = (median(&mut app), median(&mut reference));
    report.judge("100 changes, requests", median(&mut requests), "", 1.0, 1.0);
    report.judge("100 changes, times the reference", app / reference, "x", 2.0, 1.5);
    report.tell("  app", app, "ms");
    report.tell("  reference", reference, "ms");
    Ok(())
}

/// Ids of mails that are not changed yet, of the newest.
async fn newest(client: &Client) -> Result<Vec<String>> {
    let query = json!({
        "filter": { "hasKeyword": "$seen" }, "limit": RUNS * (READ + DELETED),
        "sort": [{ "property": "receivedAt", "isAscending": false }],
    });
    let found = client.call("Email/query", query).await?;
    let ids = found["ids"].as_array().into_iter().flatten();
    Ok(ids.filter_map(Value::as_str).map(ToOwned::to_owned).collect())
}

/// A hundred changes.
async fn change(client: &Client, known: &mut Vec<String>) -> Result<()> {
    let mails: Vec<_> = (0..NEW).map(|number| (format!("Neu {number}"), "Hallo Lena".to_owned())).collect();
    client.add_old_mails(&facts::inbox(client).await?, &mails).await?;
    ensure!(known.len() >= READ + DELETED, "too few mails are left");
    let rest = known.split_off(READ + DELETED);
    let (read, deleted) = known.split_at(READ);
    let update: serde_json::Map<_, _> =
        read.iter().map(|id| (id.clone(), json!({ "keywords/$seen": null }))).collect();
    let set = client.call("Email/set", json!({ "update": update, "destroy": deleted })).await?;
    let count = |name: &str| set[name].as_object().map_or(0, serde_json::Map::len);
    let destroyed = set["destroyed"].as_array().context("nothing was deleted")?.len();
    ensure!((count("updated"), destroyed) == (READ, DELETED), "the server refused: {set}");
    *known = rest;
    Ok(())
}
