//! A phone on which the app is installed, with a pupil logged in and everything synced.

use anyhow::Result;
use tempfile::TempDir;
use tornister_tests::{browser::Browser, demo, pages::LoginPage, screen::Screen};

/// Logs in at `origin` in a fresh profile and waits until app and data are on the phone.
pub async fn prepare(origin: &str) -> Result<(TempDir, Browser)> {
    let profile = TempDir::with_prefix("tornister-bench-")?;
    let browser = Browser::open(profile.path()).await?;
    let today = LoginPage::open(Screen::new(&browser, origin)).await?.log_in(demo::PUPIL).await?;
    today.wait_until_synced().await?;
    browser.wait_until_installed().await?;
    Ok((profile, browser))
}
