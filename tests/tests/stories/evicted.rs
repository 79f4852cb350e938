//! The browser deletes what the app has kept, as phones without room and Safari after a week do: the reader is told
//! so, and everything comes back with a login.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;
use tornister_tests::{
    browser::Browser,
    demo,
    pages::{LoginPage, SettingsPage},
    screen::Screen,
    story::Story,
};

/// What the browser takes for want of room.
const DATABASES: &str = "indexeddb";
/// What a page may write; the session's cookie stays, for a script cannot see it.
const ALL_THAT_SCRIPTS_WRITE: &str = "cache_storage,indexeddb,local_storage,service_workers";
/// Longer than the app takes to find out.
const A_WHILE: Duration = Duration::from_secs(3);
const TOLD: &str = "Dein Browser hat alles gelöscht, was hier lag";

#[tokio::test]
async fn what_the_browser_deletes_is_told_and_comes_back_with_a_login() -> Result<()> {
    let story = Story::begin("evicted").await?;
    let browser = story.open_browser().await?;
    let lived = live(&story, &browser).await;
    story.check("a browser that deletes", &browser, lived).await?;
    browser.close().await
}

async fn live(story: &Story, browser: &Browser) -> Result<()> {
    let screen = story.screen(browser);
    let login = LoginPage::open(screen).await?;
    ensure!(!is_told(screen).await?, "a new phone is told that it has lost something");
    login.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    browser.wait_until_installed().await?;
    for what in [DATABASES, ALL_THAT_SCRIPTS_WRITE] {
        evict(story, browser, what).await?;
        let login = LoginPage::open(screen).await?;
        screen.see(TOLD).await?;
        story.picture(browser, what).await?;
        login.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    }
    leave(screen).await
}

/// The browser deletes these kinds of storage while the app is closed.
async fn evict(story: &Story, browser: &Browser, what: &str) -> Result<()> {
    browser.driver.goto("about:blank").await?;
    let request = json!({ "origin": story.origin(), "storageTypes": what });
    browser.devtools("Storage.clearDataForOrigin", request).await?;
    Ok(())
}

/// Who logs out has lost nothing.
async fn leave(screen: Screen<'_>) -> Result<()> {
    SettingsPage::open(screen).await?.log_out().await?;
    LoginPage::open(screen).await?;
    ensure!(!is_told(screen).await?, "who logged out is told of a loss");
    Ok(())
}

async fn is_told(screen: Screen<'_>) -> Result<bool> {
    tokio::time::sleep(A_WHILE).await;
    Ok(screen.browser().text().await?.contains(TOLD))
}
