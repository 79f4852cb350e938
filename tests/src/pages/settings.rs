//! Einstellungen.

use anyhow::Result;

use crate::screen::{Role, Screen};

/// Everything that is set once, and the way out.
pub struct SettingsPage<'b> {
    screen: Screen<'b>,
}

impl<'b> SettingsPage<'b> {
    /// Its address.
    pub const PATH: &'static str = "/einstellungen";

    /// Opens it by its address.
    pub async fn open(screen: Screen<'b>) -> Result<Self> {
        screen.open(Self::PATH).await?;
        screen.find(Role::Heading, "Einstellungen").await?;
        Ok(Self { screen })
    }

    /// Asks the server for news now.
    pub async fn sync_now(&self) -> Result<()> {
        self.screen.press(Role::Button, "Jetzt abgleichen").await
    }

    /// Logs out, confirms, and waits for the word that everything is gone from the phone.
    pub async fn log_out(self) -> Result<()> {
        self.screen.press(Role::Button, "Abmelden").await?;
        self.screen.press(Role::Button, "Abmelden und löschen").await?;
        self.screen.find(Role::Heading, "Du bist abgemeldet").await?;
        Ok(())
    }
}
