//! Mail that comes and goes while the reader looks at another screen: Post, which was open before, knows it.

use anyhow::Result;
use serde_json::json;
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo, facts,
    pages::LoginPage,
    patience::{LONG, eventually},
    screen::{Role, Screen},
    story::Story,
};

#[tokio::test]
async fn post_knows_what_came_and_went_while_one_looked_elsewhere() -> Result<()> {
    let story = Story::begin("arrival").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let browser = story.open_browser().await?;
    let came = comes(&story, &browser, &client).await;
    story.check("mail comes", &browser, came).await?;
    browser.close().await
}

async fn comes(story: &Story, browser: &Browser, client: &Client) -> Result<()> {
    let screen = story.screen(browser);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    show(screen, "Post").await?;
    show(screen, "Heute").await?;
    let inbox = facts::inbox(client).await?;
    let mail = client.import(&inbox, demo::NEWS.as_bytes().to_vec(), Some(demo::NEWS_RECEIVED)).await?;
    screen.find(Role::Link, demo::NEWS_SUBJECT).await?;
    show(screen, "Post").await?;
    screen.find(Role::Link, demo::NEWS_SUBJECT).await?;
    show(screen, "Heute").await?;
    client.call("Email/set", json!({ "destroy": [mail] })).await?;
    gone(browser, "Heute").await?;
    show(screen, "Post").await?;
    gone(browser, "Post").await
}

/// Goes to a screen without loading the page anew.
async fn show(screen: Screen<'_>, name: &str) -> Result<()> {
    screen.press(Role::Link, name).await?;
    screen.find(Role::Heading, name).await?;
    Ok(())
}

async fn gone(browser: &Browser, place: &str) -> Result<()> {
    eventually(&format!("{place} without the mail"), LONG, async || {
        Ok((!browser.text().await?.contains(demo::NEWS_SUBJECT)).then_some(()))
    })
    .await?;
    Ok(())
}
