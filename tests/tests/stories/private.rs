//! In a private window the app does what it does elsewhere, as long as the window is open.

use anyhow::Result;
use tempfile::TempDir;
use tornister_tests::{
    browser::{Browser, Engine, Mode},
    client::Client,
    demo,
    facts::{self, Entry, Mail},
    gateway::Gateway,
    pages::{HomeworkPage, LoginPage, MailPage, TodayPage},
    screen::{Role, Screen},
};

#[tokio::test]
async fn a_private_window_of_chromium_works_while_it_is_open() -> Result<()> {
    works(Engine::Chromium).await
}

#[tokio::test]
async fn a_private_window_of_firefox_works_while_it_is_open() -> Result<()> {
    works(Engine::Firefox).await
}

#[tokio::test]
async fn a_private_window_of_webkit_works_while_it_is_open() -> Result<()> {
    works(Engine::WebKit).await
}

async fn works(engine: Engine) -> Result<()> {
    let mut gateway = Gateway::start_plain().await?;
    let client = Client::log_in(&gateway.origin(), demo::PUPIL).await?;
    let (mail, homework) = (facts::mail_with_picture(&client).await?, facts::open_homework(&client).await?);
    if engine == Engine::WebKit {
        gateway.encrypt().await?;
    }
    let profile = TempDir::with_prefix("tornister-profile-")?;
    let browser = open(engine, &profile).await?;
    let origin = gateway.origin();
    use_it(Screen::new(&browser, &origin), &mail, &homework).await?;
    gateway.kill();
    // Read from the device.
    MailPage::read(Screen::new(&browser, &origin), &mail).await?;
    browser.close().await?;

    gateway.restart_quickly().await?;
    let browser = open(engine, &profile).await?;
    let screen = Screen::new(&browser, &origin);
    LoginPage::open(screen).await?;
    browser.close().await
}

async fn open(engine: Engine, profile: &TempDir) -> Result<Browser> {
    let mode = Mode { is_private: true, ..Mode::default() };
    Browser::open_with(engine, profile.path(), mode).await
}

async fn use_it(screen: Screen<'_>, mail: &Mail, homework: &Entry) -> Result<()> {
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    MailPage::read(screen, mail).await?;
    HomeworkPage::open_one(screen, homework).await?.tick_off(homework).await?;
    TodayPage::open(screen).await?.wait_until_synced().await?;
    HomeworkPage::open_one(screen, homework).await?;
    screen.find(Role::CheckedCheckbox, &homework.title).await?;
    Ok(())
}
