//! Kalender.

use anyhow::Result;

use crate::{
    facts::Entry,
    screen::{Role, Screen},
};

/// Shows what happens when.
pub struct CalendarPage<'b> {
    screen: Screen<'b>,
}

impl<'b> CalendarPage<'b> {
    /// Its address.
    pub const PATH: &'static str = "/kalender";

    /// Opens it by its address.
    pub async fn open(screen: Screen<'b>) -> Result<Self> {
        screen.open(Self::PATH).await?;
        screen.find(Role::Heading, "Kalender").await?;
        Ok(Self { screen })
    }

    /// Opens an event by a link from elsewhere, which has a query of its own.
    pub async fn open_event(screen: Screen<'b>, event: &Entry) -> Result<Self> {
        screen.open(&format!("{}/{}?von=post", Self::PATH, event.id)).await?;
        screen.find(Role::Heading, &event.title).await?;
        Ok(Self { screen })
    }

    /// Waits until a text is to be read, such as a place.
    pub async fn see(&self, text: &str) -> Result<()> {
        self.screen.see(text).await
    }
}
