//! The servers of app and reference with a school career's mail, and a phone that both have filled.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use tornister_tests::{
    browser::Browser,
    demo,
    gateway::Gateway,
    pages::LoginPage,
    screen::{Role, Screen},
};

use crate::{
    career,
    tape::{Memory, Tape},
};

/// The reference's database.
pub const DATABASE: &str = "mails";
/// A sync of fifty thousand mails.
const SYNC: Duration = Duration::from_secs(600);
/// Until nothing is left to be done after a page was opened.
const REST: Duration = Duration::from_secs(2);

/// Resolves when the app says that everything is there.
const SYNCED: &str = "
    const isSynced = () => !document.querySelector('.sync-line--busy')
        && document.querySelector('header')?.textContent.includes('abgeglichen');
    while (!isSynced()) await new Promise((resolve) => setTimeout(resolve, 10));";

const REFERENCE: &str = "
    const { sync } = await import('/sync.js');
    return sync(args[0], args[1]);";

/// Both servers, which share what they remember.
pub struct School {
    pub app: Tape,
    pub reference: Tape,
    memory: Memory,
    gateways: [Gateway; 2],
}

impl School {
    /// A school in which the first pupil has so many mails.
    pub async fn begin(mails: usize) -> Result<Self> {
        let folder = std::env::var_os("TORNISTER_REFERENCE").context("call `cargo xtask bench`")?;
        let gateways = [career::gateway(mails).await?, Gateway::start_with_app(folder.as_ref()).await?];
        let memory = Memory::default();
        let app = Tape::to(gateways[0].port(), &memory).await?;
        let reference = Tape::to(gateways[1].port(), &memory).await?;
        Ok(Self { app, reference, memory, gateways })
    }

    /// Logs the pupil in and waits until everything is on the phone; milliseconds since the first
    /// request, and the requests.
    pub async fn sync_app(&self, browser: &Browser) -> Result<(f64, Vec<String>)> {
        let origin = self.app.origin();
        let screen = Screen::new(browser, &origin);
        LoginPage::open(screen).await?;
        self.memory.reset();
        screen.fill("Benutzername", demo::PUPIL.username).await?;
        screen.fill("Passwort", demo::PUPIL.password).await?;
        screen.press(Role::Button, "Anmelden").await?;
        browser.driver.set_script_timeout(SYNC).await?;
        browser.run(SYNCED, vec![]).await?;
        let time = self.elapsed()?;
        Ok((time, self.memory.asked()))
    }

    /// Has the reference fetch and keep the same; milliseconds.
    pub async fn sync_reference(&self, browser: &Browser, requests: &[String]) -> Result<f64> {
        browser.driver.goto(&self.reference.origin()).await?;
        self.memory.reset();
        browser.driver.set_script_timeout(SYNC).await?;
        let count = browser.run(REFERENCE, vec![json!(DATABASE), json!(requests)]).await?;
        let time = self.elapsed()?;
        ensure!(count.as_u64() > Some(0), "the reference was given nothing");
        Ok(time)
    }

    /// A phone on which both have everything.
    pub async fn synced_phone(&self) -> Result<(TempDir, Browser)> {
        let profile = TempDir::with_prefix("tornister-bench-")?;
        let browser = Browser::open(profile.path()).await?;
        let (_, requests) = self.sync_app(&browser).await?;
        browser.wait_until_installed().await?;
        self.sync_reference(&browser, &requests).await?;
        Ok((profile, browser))
    }

    /// The gateway behind the app.
    pub fn gateway(&self) -> &Gateway {
        &self.gateways[0]
    }

    /// Begins to note anew what is asked.
    pub fn forget_requests(&self) {
        self.memory.reset();
    }

    /// The bodies of the requests since then.
    pub fn asked(&self) -> Vec<String> {
        self.memory.asked()
    }

    /// Milliseconds since the first of them.
    pub fn elapsed(&self) -> Result<f64> {
        Ok(self.memory.elapsed()?.as_secs_f64() * 1e3)
    }

    /// Lets a page that was just opened come to rest: it asks what is new.
    pub async fn rest(&self) {
        tokio::time::sleep(REST).await;
    }
}
