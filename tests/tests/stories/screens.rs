//! Every screen on a phone: it fits, and nothing is wrong in the console.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo, facts,
    pages::{CalendarPage, HomeworkPage, LoginPage, MailPage, SettingsPage, TimetablePage, TodayPage},
    story::Story,
};

/// What reaches further right than the screen does; empty where all fits.
const TOO_WIDE: &str = "
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.body.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
        .map((element) => `${element.tagName.toLowerCase()}.${element.className}`)
        .slice(0, 5);";

#[tokio::test]
async fn every_screen_fits_a_phone_and_logs_no_error() -> Result<()> {
    let story = Story::begin("screens").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let browser = story.open_browser().await?;
    story.check("looking at every screen", &browser, look(&story, &browser, &client).await).await?;
    browser.close().await
}

async fn look(story: &Story, browser: &Browser, client: &Client) -> Result<()> {
    let screen = story.screen(browser);
    let login = LoginPage::open(screen).await?;
    inspect(story, browser, "anmeldung").await?;
    login.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    inspect(story, browser, "heute").await?;
    dark(browser, true).await?;
    inspect(story, browser, "heute-dunkel").await?;
    dark(browser, false).await?;

    MailPage::open(screen).await?;
    inspect(story, browser, "post").await?;
    MailPage::read(screen, &facts::mail_with_picture(client).await?).await?.picture_width().await?;
    inspect(story, browser, "mail-bild").await?;
    MailPage::read(screen, &facts::mail_with_pdf(client).await?).await?;
    inspect(story, browser, "mail-pdf").await?;

    HomeworkPage::open(screen).await?;
    inspect(story, browser, "aufgaben").await?;
    HomeworkPage::open_one(screen, &facts::open_homework(client).await?).await?;
    inspect(story, browser, "aufgabe").await?;

    CalendarPage::open(screen).await?;
    inspect(story, browser, "kalender").await?;
    CalendarPage::open_event(screen, &facts::event(client).await?).await?;
    inspect(story, browser, "termin").await?;

    TimetablePage::open(screen).await?;
    inspect(story, browser, "stundenplan").await?;
    TimetablePage::open_day(screen, &facts::lesson_in_another_room(client).await?.date).await?;
    inspect(story, browser, "stundenplan-tag").await?;

    SettingsPage::open(screen).await?;
    inspect(story, browser, "einstellungen").await?;
    TodayPage::open(screen).await?;
    Ok(())
}

/// Takes a picture; fails where something logged an error or does not fit.
async fn inspect(story: &Story, browser: &Browser, name: &str) -> Result<()> {
    story.picture(browser, name).await?;
    let errors = browser.errors().await?;
    ensure!(errors.is_empty(), "{name} logs errors:\n{}", errors.join("\n"));
    let too_wide = browser.run(TOO_WIDE, vec![]).await?;
    ensure!(too_wide == Value::Array(vec![]), "{name} is wider than the phone: {too_wide}");
    Ok(())
}

async fn dark(browser: &Browser, dark: bool) -> Result<()> {
    let value = if dark { "dark" } else { "light" };
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
    browser.devtools("Emulation.setEmulatedMedia", features).await?;
    Ok(())
}
