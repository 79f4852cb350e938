//! How long a start without a network takes, from navigation to content on the screen, on a phone
//! whose processor is four times slower than this machine's. The server is stopped throughout.
//!
//! The reference is a page of plain JavaScript behind the same service worker that lists 50 records
//! from IndexedDB: the least that an app with offline data has to do here. App and reference take
//! turns, so that a busy machine slows both.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::json;
use tornister_tests::{browser::Browser, gateway::Gateway, pages::TodayPage};

use crate::{median, phone, report::Report};

const RUNS: usize = 9;
const THROTTLE: u32 = 4;
const REFERENCE_CONTENT: &str = "ul li:nth-child(50)";

/// A page and how to tell that its content is there.
struct Page {
    url: String,
    content: &'static str,
}

/// Adds both ratios with their times.
pub async fn measure(report: &mut Report) -> Result<()> {
    let folder =
        std::env::var_os("TORNISTER_REFERENCE").map(PathBuf::from).context("call `cargo xtask bench`")?;
    let app = Gateway::start().await?;
    let reference = Gateway::start_with_app(&folder).await?;
    let pages = [
        Page { url: format!("{}/", app.origin()), content: TodayPage::CONTENT },
        Page { url: format!("{}/", reference.origin()), content: REFERENCE_CONTENT },
    ];
    let (profile, browser) = phone::prepare(&app.origin()).await?;
    browser.driver.goto(&pages[1].url).await?;
    browser.wait_until_installed().await?;
    browser.close().await?;
    drop((app, reference));

    let warm = warm(profile.path(), &pages).await.context("warm")?;
    add(report, "start without network, warm", warm);
    let fresh = fresh(profile.path(), &pages).await.context("fresh browser process")?;
    add(report, "start without network, fresh browser process", fresh);
    Ok(())
}

fn add(report: &mut Report, name: &str, [mut app, mut reference]: [Vec<f64>; 2]) {
    let (app, reference) = (median(&mut app), median(&mut reference));
    report.judge(&format!("{name}, times the reference"), app / reference, "x", 2.5, 1.5);
    report.tell("  app", app, "ms");
    report.tell("  reference", reference, "ms");
}

/// One browser for all runs.
async fn warm(profile: &Path, pages: &[Page; 2]) -> Result<[Vec<f64>; 2]> {
    let browser = Browser::open(profile).await?;
    let mut times = [Vec::new(), Vec::new()];
    // The first turn warms up and does not count.
    for turn in 0..=RUNS {
        for (page, times) in pages.iter().zip(&mut times) {
            let time = time(&browser, page).await?;
            if turn > 0 {
                times.push(time);
            }
        }
    }
    browser.close().await?;
    Ok(times)
}

/// A new browser for each run.
async fn fresh(profile: &Path, pages: &[Page; 2]) -> Result<[Vec<f64>; 2]> {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for (page, times) in pages.iter().zip(&mut times) {
            let browser = Browser::open(profile).await?;
            times.push(time(&browser, page).await?);
            browser.close().await?;
        }
    }
    Ok(times)
}

/// Milliseconds from the navigation to the frame that shows the content.
async fn time(browser: &Browser, page: &Page) -> Result<f64> {
    browser.driver.goto("about:blank").await?;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": THROTTLE })).await?;
    let source = format!(
        "(() => {{
            const look = () => document.querySelector({:?})
                ? requestAnimationFrame(() => {{ window.contentShownAt = performance.now(); }})
                : requestAnimationFrame(look);
            look();
        }})();",
        page.content
    );
    let script =
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
    browser.driver.goto(&page.url).await?;
    let wait = "while (!window.contentShownAt) await new Promise((resolve) => setTimeout(resolve, 20));
        return window.contentShownAt;";
    let shown = browser.run(wait, vec![]).await.with_context(|| format!("{} showed no content", page.url))?;
    let identifier = json!({ "identifier": script["identifier"] });
    browser.devtools("Page.removeScriptToEvaluateOnNewDocument", identifier).await?;
    shown.as_f64().context("no time")
}
