//! Anmeldung.

use anyhow::Result;

use super::TodayPage;
use crate::{
    demo::Login,
    screen::{Role, Screen},
};

/// Asks who somebody is.
pub struct LoginPage<'b> {
    screen: Screen<'b>,
}

impl<'b> LoginPage<'b> {
    /// Opens the app where nobody is logged in.
    pub async fn open(screen: Screen<'b>) -> Result<Self> {
        screen.open("/").await?;
        Self::arrive(screen).await
    }

    /// Waits until the app asks for a login.
    pub async fn arrive(screen: Screen<'b>) -> Result<Self> {
        screen.find(Role::Textbox, "Passwort").await?;
        Ok(Self { screen })
    }

    /// Types name and password and sends them, whatever comes of it.
    pub async fn try_to_log_in(&self, login: Login) -> Result<()> {
        self.screen.fill("Benutzername", login.username).await?;
        self.screen.fill("Passwort", login.password).await?;
        self.screen.press(Role::Button, "Anmelden").await
    }

    /// Logs in on an own device.
    pub async fn log_in(self, login: Login) -> Result<TodayPage<'b>> {
        self.try_to_log_in(login).await?;
        TodayPage::arrive(self.screen).await
    }
}
