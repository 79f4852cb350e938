//! Einstellungen.

use anyhow::Result;

use super::{LoginPage, TodayPage};
use crate::{
    demo::Login,
    screen::{Role, Screen},
};

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

    /// The screen that it is on.
    #[must_use]
    pub fn screen(&self) -> Screen<'b> {
        self.screen
    }

    /// Types the login of somebody else who uses this device.
    pub async fn try_to_add(&self, login: Login) -> Result<()> {
        self.screen.press(Role::Button, "Weiteres Konto").await?;
        LoginPage::arrive(self.screen).await?.try_to_log_in(login).await
    }

    /// Logs somebody else in on this device, and arrives at their day.
    pub async fn add_account(self, login: Login) -> Result<TodayPage<'b>> {
        self.try_to_add(login).await?;
        TodayPage::arrive(self.screen).await
    }

    /// Goes to another account on this device.
    pub async fn show(self, name: &str) -> Result<TodayPage<'b>> {
        self.screen.press(Role::Button, name).await?;
        TodayPage::arrive(self.screen).await
    }

    /// Logs out, confirms, and waits for the word that everything is gone from the phone.
    pub async fn log_out(self) -> Result<()> {
        self.screen.press(Role::Button, "Abmelden").await?;
        self.screen.press(Role::Button, "Abmelden und löschen").await?;
        self.screen.find(Role::Heading, "Du bist abgemeldet").await?;
        Ok(())
    }
}
