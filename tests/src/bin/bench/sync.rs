//! How long a first sync of a school career's mail takes, from the first answer to the app's word that
//! everything is there. The reference fetches the same answers by plain JavaScript and puts them into
//! IndexedDB as they are: no sealing, one index, no checks. Both get the answers from memory
//! ([`crate::tape`]), so the server's time does not blur the browser's.

use anyhow::Result;
use tempfile::TempDir;
use tornister_tests::browser::Browser;

use crate::{median, report::Report, school::School};

const MAILS: usize = 5_000;
const RUNS: usize = 5;

/// Adds the ratio and both times.
pub async fn measure(report: &mut Report) -> Result<()> {
    let school = School::begin(MAILS).await?;
    let mut requests = Vec::new();
    let (mut app, mut reference) = (Vec::new(), Vec::new());
    // The first turn fills the memory and does not count.
    for turn in 0..=RUNS {
        let profile = TempDir::with_prefix("tornister-bench-")?;
        let browser = Browser::open(profile.path()).await?;
        if turn == 0 {
            requests = school.sync_app(&browser).await?.1;
        } else if turn % 2 == 0 {
            app.push(school.sync_app(&browser).await?.0);
            reference.push(school.sync_reference(&browser, &requests).await?);
        } else {
            reference.push(school.sync_reference(&browser, &requests).await?);
            app.push(school.sync_app(&browser).await?.0);
        }
        browser.close().await?;
    }
    let (app, reference) = (median(&mut app), median(&mut reference));
    report.judge("first sync of 5,000 mails, times the reference", app / reference, "x", 2.0, 1.2);
    report.tell("  app", app, "ms");
    report.tell("  reference", reference, "ms");
    Ok(())
}
