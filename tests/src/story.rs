//! One story's surroundings: a gateway, a browser profile, and what to show when it goes wrong.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::{browser::Browser, gateway::Gateway, screen::Screen};

/// A gateway with the demo school and a phone that has never seen it.
pub struct Story {
    /// The server.
    pub gateway: Gateway,
    profile: TempDir,
    origin: String,
    name: &'static str,
}

impl Story {
    /// Starts the gateway. The name is that of the pictures which the story leaves behind.
    pub async fn begin(name: &'static str) -> Result<Self> {
        let gateway = Gateway::start().await?;
        let profile = TempDir::with_prefix("tornister-profile-")?;
        let origin = gateway.origin();
        Ok(Self { gateway, profile, origin, name })
    }

    /// Opens the phone's browser; what it kept the last time is there.
    pub async fn open_browser(&self) -> Result<Browser> {
        Browser::open(self.profile.path()).await
    }

    /// The app in that browser.
    #[must_use]
    pub fn screen<'s>(&'s self, browser: &'s Browser) -> Screen<'s> {
        Screen::new(browser, &self.origin)
    }

    /// Where the app is.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The folder in which the browser keeps everything.
    #[must_use]
    pub fn profile(&self) -> &std::path::Path {
        self.profile.path()
    }

    /// Saves a picture of the page.
    pub async fn picture(&self, browser: &Browser, name: &str) -> Result<()> {
        browser.screenshot(&screens().join(format!("{}-{name}.png", self.name))).await
    }

    /// Passes a chapter's outcome on. If it failed, adds what the page and the gateway last said and
    /// leaves a picture.
    pub async fn check<T>(&self, chapter: &str, browser: &Browser, outcome: Result<T>) -> Result<T> {
        let Err(error) = outcome else { return outcome };
        let picture = match self.picture(browser, "failed").await {
            Ok(()) => format!("picture: {}", screens().join(format!("{}-failed.png", self.name)).display()),
            Err(error) => format!("no picture: {error:#}"),
        };
        let place = browser.driver.current_url().await.map_or_else(|_| "?".to_owned(), |url| url.to_string());
        let text = browser.text().await.unwrap_or_else(|error| format!("{error:#}"));
        let errors = browser.errors().await.unwrap_or_default().join("\n");
        let log = self.gateway.log();
        Err(error).with_context(|| {
            format!(
                "{picture}\n--- {place}\n{text}\n---\nthe page's errors:\n{errors}\nthe gateway's log:\n{log}\n{chapter}"
            )
        })
    }
}

/// Where pictures go: `TORNISTER_SCREENS`, or the folder for temporary files.
fn screens() -> PathBuf {
    std::env::var_os("TORNISTER_SCREENS")
        .map_or_else(|| std::env::temp_dir().join("tornister-screens"), PathBuf::from)
}
