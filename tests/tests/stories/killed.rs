//! The browser's process is killed, as an empty battery does it, at random instants of a first sync. What
//! was promised holds after each restart. `TORNISTER_KILLS` says how often.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use tornister_tests::{
    browser::Browser,
    chance::{Chance, setting},
    client::Client,
    demo,
    device::{self, Device},
    gateway::Gateway,
    pages::LoginPage,
    patience::{LONG, eventually},
    screen::{Role, Screen},
};

/// A first sync is over after this time on most machines.
const FIRST_SYNC: Duration = Duration::from_millis(2_500);
const KILLS: u64 = 4;

/// Waits until nothing waits any more and the phone holds what the server holds.
async fn at_rest(browser: &Browser, client: &Client) -> Result<Device> {
    eventually("the phone to hold what the server holds", LONG, async || {
        let device = device::look(browser).await?.context("no database")?;
        let server = device::on_the_server(client).await?;
        if let Some(difference) = device::difference(&device.school, &server) {
            anyhow::bail!("{difference}");
        }
        ensure!(device.waiting == 0, "{} changes wait", device.waiting);
        let wanted = device.kinds.contains_key("BodyWanted") || device.kinds.contains_key("BlobWanted");
        ensure!(!wanted, "something is still wanted: {:?}", device.kinds);
        Ok(Some(device))
    })
    .await
}

/// Logs in again where the session was lost, and lets the app try.
const LOG_IN_AGAIN: &str = "
    if ((await fetch('/.well-known/jmap')).status !== 401) return;
    const headers = { 'Content-Type': 'application/json' };
    await fetch('/auth/login', { method: 'POST', headers, body: JSON.stringify(args[0]) });
    window.dispatchEvent(new Event('online'));";

#[tokio::test]
async fn a_first_sync_survives_the_death_of_the_browser() -> Result<()> {
    let mut chance = Chance::begin();
    let gateway = Gateway::start().await?;
    let (origin, client) = (gateway.origin(), Client::log_in(&gateway.origin(), demo::PUPIL).await?);
    for turn in 0..setting("TORNISTER_KILLS", KILLS) {
        let profile = TempDir::with_prefix("tornister-killed-")?;
        let instant = chance.moment(FIRST_SYNC);
        let survived = async {
            let browser = Browser::open(profile.path()).await?;
            let screen = Screen::new(&browser, &origin);
            LoginPage::open(screen).await?;
            screen.fill("Benutzername", demo::PUPIL.username).await?;
            screen.fill("Passwort", demo::PUPIL.password).await?;
            screen.press(Role::Button, "Anmelden").await?;
            tokio::time::sleep(instant).await;
            browser.kill();

            let browser = Browser::open(profile.path()).await?;
            let screen = Screen::new(&browser, &origin);
            screen.open("/").await?;
            // Either the login was finished, or it is asked for again: there is nothing between.
            let logged_in = eventually("Heute or the login", LONG, async || {
                let text = browser.text().await?;
                let login = text.contains("Passwort");
                Ok((login || text.contains("Heute")).then_some(!login))
            });
            if !logged_in.await? {
                LoginPage::arrive(screen).await?.log_in(demo::PUPIL).await?;
            }
            // Chromium writes cookies down half a minute late: the session may be lost, the data is not.
            let login = json!({ "username": demo::PUPIL.username, "password": demo::PUPIL.password });
            browser.run(LOG_IN_AGAIN, vec![login]).await?;
            at_rest(&browser, &client).await?;
            browser.close().await
        };
        survived.await.with_context(|| format!("turn {turn}, killed after {instant:?}"))?;
    }
    Ok(())
}
