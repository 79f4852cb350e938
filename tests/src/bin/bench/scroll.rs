//! Whether a thousand rows of Post scroll without a jerk, on a phone whose processor is four times slower
//! than this machine's: each frame moves the list by a good flick's speed. Where the next rows come at a
//! tap, somebody taps. Beside it a list of plain JavaScript with the same mails.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;
use tornister_tests::{browser::Browser, pages::MailPage, screen::Screen};

use crate::{
    median,
    report::Report,
    school::{DATABASE, School},
};

const MAILS: usize = 5_000;
const ROWS: usize = 1_000;
const RUNS: usize = 3;
const THROTTLE: u32 = 4;
/// CSS pixels in a frame: about seventy rows a second.
const SPEED: u32 = 100;
/// A thousand rows on a slow phone take half a minute.
const PATIENCE: Duration = Duration::from_secs(180);
/// The reference reads so many at a time.
const STEP: usize = 50;

/// Scrolls past so many rows of a list; milliseconds between frames.
const SCROLL: &str = "
    const scroll = (name, rows, speed) => new Promise((resolve, reject) => {
        const times = [];
        let last, stuck = 0;
        const frame = (now) => {
            if (last) times.push(now - last);
            last = now;
            const before = scrollY;
            scrollBy(0, speed);
            stuck = scrollY === before ? stuck + 1 : 0;
            const list = document.querySelector(name)?.getElementsByTagName('li');
            const row = list?.[rows - 1];
            if (stuck === 10) document.querySelector('main .button--wide')?.click();
            if (row && row.getBoundingClientRect().top < innerHeight) resolve(times);
            else if (stuck > 600) reject(`the list ends after ${list?.length} rows`);
            else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    });";
const APP: &str = "return scroll('.mails', args[0], args[1]);";
const REFERENCE: &str = "
    const { open, show } = await import('/list.js');
    await show(await open(args[2]), args[3]);
    return scroll('ul', args[0], args[1]);";

/// The longest frame of a run, and the share of frames that came late, in per cent.
struct Run {
    longest: f64,
    late: f64,
}

/// Adds the longest frames.
pub async fn measure(report: &mut Report) -> Result<()> {
    let school = School::begin(MAILS).await?;
    let (_profile, browser) = school.synced_phone().await?;
    browser.driver.set_script_timeout(PATIENCE).await?;
    let (mut app, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        MailPage::open(Screen::new(&browser, &school.app.origin())).await?;
        school.rest().await;
        app.push(run(&browser, APP).await.context("app")?);
        browser.driver.goto(&school.reference.origin()).await?;
        school.rest().await;
        reference.push(run(&browser, REFERENCE).await.context("reference")?);
    }
    browser.close().await?;
    let longest = |runs: &[Run]| median(&mut runs.iter().map(|run| run.longest).collect::<Vec<_>>());
    let late = |runs: &[Run]| median(&mut runs.iter().map(|run| run.late).collect::<Vec<_>>());
    report.judge("scroll 1,000 mails, longest frame", longest(&app), "ms", 50.0, 34.0);
    report.tell("  frames that took longer than two", late(&app), "%");
    report.tell("  reference, longest frame", longest(&reference), "ms");
    report.tell("  reference, frames that took longer than two", late(&reference), "%");
    Ok(())
}

async fn run(browser: &Browser, script: &str) -> Result<Run> {
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": THROTTLE })).await?;
    let arguments = vec![json!(ROWS), json!(SPEED), json!(DATABASE), json!(STEP)];
    let times = browser.run(&format!("{SCROLL}{script}"), arguments).await?;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
    let times = times.as_array().context("no times")?;
    let times: Vec<f64> = times.iter().filter_map(serde_json::Value::as_f64).collect();
    let late = times.iter().filter(|time| **time > 34.0).count();
    let longest = times.iter().copied().fold(0.0, f64::max);
    Ok(Run { longest, late: percent(late, times.len()) })
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn percent(part: usize, of: usize) -> f64 {
    part as f64 / of as f64 * 100.0
}
