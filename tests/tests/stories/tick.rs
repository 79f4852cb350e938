//! A tick says that something is safe: it shows once the device has kept it, and not before.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo,
    facts::{self, Entry},
    pages::{HomeworkPage, LoginPage},
    screen::Role,
    story::Story,
};

/// Nobody else can write to the device until the page lets go.
const HOLD: &str = "
    const opened = (name) => new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    window.letGo = false;
    for (const { name } of await indexedDB.databases()) {
        const database = await opened(name);
        const names = [...database.objectStoreNames];
        const store = database.transaction(names, 'readwrite').objectStore(names[0]);
        const stay = () => window.letGo ? database.close() : (store.count().onsuccess = stay);
        stay();
    }";
const LET_GO: &str = "window.letGo = true;";
const IS_TICKED: &str = "return document.querySelector('.task-detail input[type=checkbox]').checked;";
/// Longer than a page takes to show a tick.
const A_WHILE: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_tick_shows_what_the_device_has_kept() -> Result<()> {
    let story = Story::begin("tick").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let homework = facts::open_homework(&client).await?;
    let browser = story.open_browser().await?;
    let ticked = tick(&story, &browser, &homework).await;
    story.check("ticking", &browser, ticked).await?;
    browser.close().await
}

async fn tick(story: &Story, browser: &Browser, homework: &Entry) -> Result<()> {
    let screen = story.screen(browser);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    HomeworkPage::open_one(screen, homework).await?;
    browser.run(HOLD, vec![]).await?;
    screen.press(Role::Checkbox, &homework.title).await?;
    tokio::time::sleep(A_WHILE).await;
    let is_ticked = browser.run(IS_TICKED, vec![]).await?.as_bool().context("no checkbox")?;
    ensure!(!is_ticked, "the tick shows before it is kept");
    browser.run(LET_GO, vec![]).await?;
    screen.find(Role::CheckedCheckbox, &homework.title).await?;
    Ok(())
}
