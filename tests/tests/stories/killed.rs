//! The browser's process is killed, as an empty battery does it, at random instants of a first sync. What
//! was promised holds after each restart. `TORNISTER_KILLS` says how often.

use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;
use tornister_tests::{
    browser::Browser,
    chance::{Chance, setting},
    client::Client,
    demo,
    gateway::Gateway,
    pages::LoginPage,
    patience::{LONG, eventually},
    rest::{at_rest, keep_logged_in},
    screen::{Role, Screen},
};

/// A first sync is over after this time on most machines.
const FIRST_SYNC: Duration = Duration::from_millis(2_500);
const KILLS: u64 = 30;

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
            keep_logged_in(&browser, demo::PUPIL).await?;
            at_rest(&browser, &client).await?;
            browser.close().await
        };
        survived.await.with_context(|| format!("turn {turn}, killed after {instant:?}"))?;
    }
    Ok(())
}
