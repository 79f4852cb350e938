//! The few words that the app keeps in the browser beside its databases: their form is frozen, for a newer app finds
//! what an older one has left.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo,
    pages::LoginPage,
    patience::{LONG, eventually},
    screen::{Role, Screen},
    story::Story,
};

const KEEP: &str = "for (const [name, word] of Object.entries(args[0])) localStorage.setItem(name, word);";
const KEPT: &str = "return { ...localStorage };";
const THEME: &str = "return document.documentElement.dataset.theme;";
const DATABASES: &str = "return (await indexedDB.databases()).map(({ name }) => name);";

#[tokio::test]
async fn what_an_older_app_has_left_beside_its_databases_is_understood() -> Result<()> {
    let story = Story::begin("web-storage").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let browser = story.open_browser().await?;
    let preferred = prefer(story.screen(&browser)).await;
    story.check("language and appearance", &browser, preferred).await?;
    let found = find_store(&story, &browser).await;
    story.check("the store's name", &browser, found).await?;
    let ended = end_session(&story, &browser, &client).await;
    story.check("a session to end", &browser, ended).await?;
    browser.close().await
}

async fn prefer(screen: Screen<'_>) -> Result<()> {
    let browser = screen.browser();
    LoginPage::open(screen).await?;
    let words = json!({ "tornister.language": "en", "tornister.appearance": "dark" });
    browser.run(KEEP, vec![words]).await?;
    screen.open("/").await?;
    screen.find(Role::Heading, "Log in").await?;
    let theme = browser.run(THEME, vec![]).await?;
    ensure!(theme == "dark", "the theme is {theme}");
    browser.run(KEEP, vec![json!({ "tornister.language": "de" })]).await?;
    Ok(())
}

async fn find_store(story: &Story, browser: &Browser) -> Result<()> {
    let screen = story.screen(browser);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    let (kept, databases) = (browser.run(KEPT, vec![]).await?, browser.run(DATABASES, vec![]).await?);
    let name = kept["tornister.store"].as_str().context("no store's name is kept")?;
    ensure!(databases == json!([format!("tornister.{name}")]), "{name} is kept, there are {databases}");
    let names: Vec<_> = kept.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let frozen = ["tornister.appearance", "tornister.language", "tornister.store"];
    ensure!(names == frozen, "kept are {names:?}");
    Ok(())
}

/// Somebody logged out while the server was away; the app that comes next tells it.
async fn end_session(story: &Story, browser: &Browser, client: &Client) -> Result<()> {
    let cookies = browser.driver.get_all_cookies().await?;
    let cookie = cookies.first().map(|it| format!("{}={}", it.name, it.value)).context("no cookie")?;
    let mailboxes = client.call("Mailbox/get", json!({ "ids": [] })).await?;
    let account = mailboxes["accountId"].as_str().context("no account")?;
    ensure!(client.is_logged_in(story.origin(), &cookie).await?, "the browser's session is another one");
    browser.run(KEEP, vec![json!({ "tornister.endSessions": format!(" {account}") })]).await?;
    story.screen(browser).open("/").await?;
    eventually("the server to hear of the logout", LONG, async || {
        Ok((!client.is_logged_in(story.origin(), &cookie).await?).then_some(()))
    })
    .await?;
    eventually("the app to forget it", LONG, async || {
        let kept = browser.run(KEPT, vec![]).await?;
        Ok((kept["tornister.endSessions"] == Value::Null).then_some(()))
    })
    .await
}
