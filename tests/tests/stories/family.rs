//! Two children at one tablet: each has an own school on it, and none gets in the other's way.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo::{self, Login},
    facts::{self, Entry},
    pages::{HomeworkPage, LoginPage, MailPage, SettingsPage, TodayPage},
    patience::{LONG, eventually},
    screen::Role,
    story::Story,
};

const SISTER: &str = "Lena Sommer";
const BROTHER: &str = "Jonas Sommer";

struct Facts {
    homework: Entry,
    /// Of the sister, sent while the tablet shows her brother's day.
    news: (String, String),
}

#[tokio::test]
async fn two_children_share_a_tablet() -> Result<()> {
    let mut story = Story::begin("family").await?;
    let sister = Client::log_in(story.origin(), demo::PUPIL).await?;
    let homework = facts::open_homework(&sister).await?;
    let mailbox = facts::inbox(&sister).await?;

    let browser = story.open_browser().await?;
    story.check("logging in", &browser, log_in(&story, &browser).await).await?;
    let mail = sister.import(&mailbox, demo::NEWS.as_bytes().to_vec(), Some(demo::NEWS_RECEIVED)).await?;
    let facts = Facts { homework, news: (mailbox, mail) };
    let came = reaches_the_device(&browser, &facts.news.1).await;
    story.check("news for the one who is not shown", &browser, came).await?;

    story.gateway.kill();
    browser.close().await?;
    let browser = story.open_browser().await?;
    story.check("without network", &browser, without_network(&story, &browser, &facts).await).await?;

    story.gateway.restart().await?;
    let arrived = arrives(&sister, &facts.homework).await;
    story.check("the sister's tick, while her brother's day is shown", &browser, arrived).await?;

    let left = leave(&story, &browser).await;
    story.check("leaving", &browser, left).await?;
    browser.close().await
}

async fn log_in(story: &Story, browser: &Browser) -> Result<()> {
    let screen = story.screen(browser);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    browser.wait_until_installed().await?;
    let settings = SettingsPage::open(screen).await?;
    wrong_password(&settings).await?;
    settings.add_account(demo::BROTHER).await?.wait_until_synced().await?;
    screen.find(Role::Link, BROTHER).await?;
    story.picture(browser, "heute").await?;
    let settings = SettingsPage::open(screen).await?;
    story.picture(browser, "konten").await?;
    settings.show(SISTER).await?;
    screen.find(Role::Link, SISTER).await?;
    SettingsPage::open(screen).await?.show(BROTHER).await?.wait_until_synced().await
}

/// A slip costs nobody anything.
async fn wrong_password(settings: &SettingsPage<'_>) -> Result<()> {
    let wrong = Login { password: "falsch", ..demo::BROTHER };
    settings.try_to_add(wrong).await?;
    settings.screen().see("stimmt nicht").await?;
    settings.screen().open(SettingsPage::PATH).await
}

/// Waits until a mail is in one of the databases, whoever's it is.
async fn reaches_the_device(browser: &Browser, mail: &str) -> Result<()> {
    eventually("the sister's mail on the tablet", LONG, async || {
        let found =
            browser.ask_databases("records.getKey('EmailBody/' + args[0])", vec![json!(mail)]).await?;
        Ok(found.iter().any(|key| !key.is_null()).then_some(()))
    })
    .await?;
    Ok(())
}

async fn without_network(story: &Story, browser: &Browser, facts: &Facts) -> Result<()> {
    let screen = story.screen(browser);
    TodayPage::open(screen).await?;
    screen.find(Role::Link, BROTHER).await.context("the tablet opens with whom it showed last")?;
    SettingsPage::open(screen).await?.show(SISTER).await?;
    let (mailbox, mail) = &facts.news;
    MailPage::open_mail(screen, mailbox, mail).await?.see("Wir singen am Freitag.").await?;
    HomeworkPage::open_one(screen, &facts.homework).await?.tick_off(&facts.homework).await?;
    SettingsPage::open(screen).await?.show(BROTHER).await?;
    screen.find(Role::Link, BROTHER).await?;
    ensure!(!browser.text().await?.contains("wartet"), "the brother sees his sister's changes");
    Ok(())
}

async fn arrives(sister: &Client, homework: &Entry) -> Result<()> {
    eventually("the tick to arrive", LONG, async || {
        let task = sister.get("Task", json!({ "ids": [homework.id] })).await?;
        Ok((task[0]["progress"] == "completed").then_some(()))
    })
    .await?;
    Ok(())
}

/// One after the other; what is the other's stays.
async fn leave(story: &Story, browser: &Browser) -> Result<()> {
    let screen = story.screen(browser);
    let count = "return (await indexedDB.databases()).length;";
    ensure!(browser.run(count, vec![]).await? == 2, "not two databases");
    SettingsPage::open(screen).await?.log_out().await?;
    ensure!(browser.run(count, vec![]).await? == 1, "the brother's database is still there");
    screen.press(Role::Link, "Weiter").await?;
    screen.find(Role::Link, SISTER).await?;
    TodayPage::open(screen).await?.wait_until_synced().await?;
    SettingsPage::open(screen).await?.log_out().await?;
    ensure!(browser.run(count, vec![]).await? == 0, "the sister's database is still there");
    ensure!(browser.driver.get_all_cookies().await?.is_empty(), "the session is still there");
    screen.press(Role::Link, "Weiter").await?;
    LoginPage::arrive(screen).await?;
    Ok(())
}
