//! Heute.

use anyhow::Result;
use serde_json::json;

use crate::{
    patience::{LONG, eventually},
    screen::{Role, Screen},
};

/// Shows what matters today.
pub struct TodayPage<'b> {
    screen: Screen<'b>,
}

impl<'b> TodayPage<'b> {
    /// Its address.
    pub const PATH: &'static str = "/";
    /// Matches once lessons from the phone's store are on the page.
    pub const CONTENT: &'static str = "main .lesson";

    /// Opens it by its address.
    pub async fn open(screen: Screen<'b>) -> Result<Self> {
        screen.open(Self::PATH).await?;
        Self::arrive(screen).await
    }

    /// Waits for it, with its lessons.
    pub async fn arrive(screen: Screen<'b>) -> Result<Self> {
        screen.find(Role::Heading, "Heute").await?;
        let shown = "return Boolean(document.querySelector(args[0]));";
        eventually("lessons on Heute", LONG, async || {
            let shown = screen.browser().run(shown, vec![json!(Self::CONTENT)]).await?;
            Ok(shown.as_bool().filter(|shown| *shown))
        })
        .await?;
        Ok(Self { screen })
    }

    /// Waits until everything is on the phone, attachments too.
    pub async fn wait_until_synced(&self) -> Result<()> {
        self.screen.wait_until_synced().await
    }
}
