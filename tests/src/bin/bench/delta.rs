//! What it costs to learn that nothing is new, and to get one new mail that the server tells of: one
//! request, and few bytes down, headers included.

use std::time::Duration;

use anyhow::{Result, ensure};
use tornister_tests::{
    client::Client,
    demo, facts,
    gateway::Gateway,
    pages::SettingsPage,
    patience::{LONG, eventually},
    screen::Screen,
};

use crate::{as_f64, meter::Meter, phone, report::Report};

/// No byte for this long: the sync is over.
const QUIET: Duration = Duration::from_secs(2);

/// A short mail's text.
const TEXT: &str = "Hallo Lena, deine Brotdose liegt bei mir. Nele";

/// Syncs once by hand after everything is there, with a meter on the wire.
pub async fn measure(report: &mut Report) -> Result<()> {
    let gateway = Gateway::start().await?;
    let meter = Meter::to(gateway.port()).await?;
    let origin = meter.origin();
    let (_profile, browser) = phone::prepare(&origin).await?;
    let settings = SettingsPage::open(Screen::new(&browser, &origin)).await?;
    // The browser looks for a newer service worker some time after a page was opened: now, then.
    browser.run("await (await navigator.serviceWorker.ready).update();", vec![]).await?;
    quiet(&meter).await?;
    meter.reset();
    settings.sync_now().await?;
    eventually("a sync on the wire", LONG, async || Ok((meter.read().1 > 0).then_some(()))).await?;
    quiet(&meter).await?;
    let (requests, down) = meter.read();
    ensure!(requests > 0, "no request was seen");
    report.judge("empty delta, requests", as_f64(requests), "", 1.0, 1.0);
    report.judge("empty delta, bytes down", as_f64(down), "B", 1000.0, 1000.0);

    // The page listens to the server: nobody has to ask.
    let client = Client::log_in(&gateway.origin(), demo::PUPIL).await?;
    let inbox = facts::inbox(&client).await?;
    meter.reset();
    client.add_old_mails(&inbox, &[("Fundsachen".to_owned(), TEXT.to_owned())]).await?;
    eventually("the new mail on the wire", LONG, async || Ok((meter.read().0 > 0).then_some(()))).await?;
    quiet(&meter).await?;
    let (requests, down) = meter.read();
    report.judge("one new mail, requests", as_f64(requests), "", 1.0, 1.0);
    // Its text comes compressed, so this is on the safe side.
    let body = TEXT.len() as u64;
    report.judge(
        "one new mail, bytes down beside its text",
        as_f64(down.saturating_sub(body)),
        "B",
        3000.0,
        1500.0,
    );
    browser.close().await
}

/// Waits until nothing moves any more.
async fn quiet(meter: &Meter) -> Result<()> {
    let mut last = None;
    eventually("the wire to fall silent", LONG, async || {
        let now = meter.read();
        if last.replace(now) == Some(now) {
            return Ok(Some(()));
        }
        tokio::time::sleep(QUIET).await;
        Ok(None)
    })
    .await
}
