//! How long it takes from a tap on "Post" until the newest mails are on the screen, on a phone whose
//! processor is four times slower than this machine's: with 5,000 mails and with ten times as many. The
//! reference reads as many of the same mails from IndexedDB and builds their rows by plain JavaScript.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tornister_tests::{browser::Browser, pages::TodayPage, screen::Screen};

use crate::{
    median,
    report::Report,
    school::{DATABASE, School},
};

const FEW: usize = 5_000;
const MANY: usize = 50_000;
const RUNS: usize = 9;
const THROTTLE: u32 = 4;

/// Milliseconds from a call of `open` until a frame with rows has been painted, and how many there are.
const MEASURE: &str = "
    const shown = async (rows, open) => {
        const began = performance.now();
        const found = new Promise((resolve) => {
            new MutationObserver((_, watch) => {
                if (!document.querySelector(rows)) return;
                watch.disconnect();
                resolve();
            }).observe(document, { childList: true, subtree: true });
        });
        open();
        await found;
        await new Promise((resolve) => requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = resolve;
            port2.postMessage(null);
        }));
        return [performance.now() - began, document.querySelectorAll(rows).length];
    };";
const APP: &str =
    "return shown('.mails .mail', () => document.querySelector('nav a[href=\"/post\"]').click());";
const REFERENCE: &str = "
    const { open, more } = await import('/list.js');
    const database = await open(args[0]);
    return shown('li', () => more(database, args[1]));";

/// Adds the ratios and the times.
pub async fn measure(report: &mut Report) -> Result<()> {
    let [few, _] = times(FEW).await?;
    let [many, reference] = times(MANY).await?;
    report.judge("open Post at 50,000 mails, times the reference", many / reference, "x", 2.0, 1.5);
    report.judge("open Post at 50,000 mails, times at 5,000", many / few, "x", 1.3, 1.0);
    report.tell("  at 50,000", many, "ms");
    report.tell("  at 5,000", few, "ms");
    report.tell("  reference at 50,000", reference, "ms");
    Ok(())
}

/// Times of app and reference with so many mails.
async fn times(mails: usize) -> Result<[f64; 2]> {
    let school = School::begin(mails).await?;
    let (_profile, browser) = school.synced_phone().await?;
    let (mut app, mut reference) = (Vec::new(), Vec::new());
    // The first turn warms up and does not count.
    for turn in 0..=RUNS {
        let origin = school.app.origin();
        let today = TodayPage::open(Screen::new(&browser, &origin)).await?;
        today.wait_until_synced().await?;
        school.rest().await;
        let (app_time, rows) = throttled(&browser, APP, vec![]).await.context("app")?;
        browser.driver.goto(&school.reference.origin()).await?;
        school.rest().await;
        let arguments = vec![json!(DATABASE), json!(rows)];
        let (reference_time, same) = throttled(&browser, REFERENCE, arguments).await.context("reference")?;
        ensure!(rows == same, "the app shows {rows} rows, the reference {same}");
        if turn > 0 {
            app.push(app_time);
            reference.push(reference_time);
        }
    }
    browser.close().await?;
    Ok([median(&mut app), median(&mut reference)])
}

async fn throttled(browser: &Browser, script: &str, arguments: Vec<Value>) -> Result<(f64, u64)> {
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": THROTTLE })).await?;
    let answer = browser.run(&format!("{MEASURE}{script}"), arguments).await?;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
    Ok((answer[0].as_f64().context("no time")?, answer[1].as_u64().context("no rows")?))
}
