//! A folder with more mail than fits any screen: the list grows while the reader scrolls.

use anyhow::{Context as _, Result, ensure};
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo, facts,
    pages::{LoginPage, MailPage},
    patience::{LONG, eventually},
    story::Story,
};

/// More than is built before anybody scrolls.
const MANY: usize = 120;

const ROWS: &str = "return document.querySelectorAll('.mail').length;";
const SCROLL: &str = "window.scrollBy(0, 600);";

#[tokio::test]
async fn a_long_list_of_mail_grows_while_one_scrolls() -> Result<()> {
    let story = Story::begin("long").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let mailbox = facts::inbox(&client).await?;
    let mails: Vec<_> =
        (0..MANY).map(|number| (format!("Rundbrief {number}"), "Guten Tag!".to_owned())).collect();
    client.add_old_mails(&mailbox, &mails).await?;
    let browser = story.open_browser().await?;
    story.check("scrolling", &browser, scroll(&story, &browser).await).await?;
    browser.close().await
}

async fn scroll(story: &Story, browser: &Browser) -> Result<()> {
    let screen = story.screen(browser);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    MailPage::open(screen).await?;
    let first =
        eventually("the first mails", LONG, async || Ok(Some(rows(browser).await?).filter(|it| *it > 0)))
            .await?;
    ensure!(first < MANY as u64, "all mails are built at once");
    eventually("the last mail", LONG, async || {
        browser.run(SCROLL, vec![]).await?;
        Ok(Some(rows(browser).await?).filter(|rows| *rows >= MANY as u64))
    })
    .await?;
    let errors = browser.errors().await?;
    ensure!(errors.is_empty(), "errors are logged:\n{}", errors.join("\n"));
    Ok(())
}

async fn rows(browser: &Browser) -> Result<u64> {
    browser.run(ROWS, vec![]).await?.as_u64().context("no number")
}
