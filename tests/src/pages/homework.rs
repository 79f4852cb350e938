//! Aufgaben.

use anyhow::Result;

use crate::{
    facts::Entry,
    screen::{Role, Screen},
};

/// Shows what is to be done.
pub struct HomeworkPage<'b> {
    screen: Screen<'b>,
}

impl<'b> HomeworkPage<'b> {
    /// Its address.
    pub const PATH: &'static str = "/aufgaben";

    /// Opens it by its address.
    pub async fn open(screen: Screen<'b>) -> Result<Self> {
        screen.open(Self::PATH).await?;
        screen.find(Role::Heading, "Aufgaben").await?;
        Ok(Self { screen })
    }

    /// Opens one piece of homework by a link from elsewhere.
    pub async fn open_one(screen: Screen<'b>, homework: &Entry) -> Result<Self> {
        screen.open(&format!("{}/{}", Self::PATH, homework.id)).await?;
        screen.find(Role::Heading, &homework.title).await?;
        Ok(Self { screen })
    }

    /// Ticks a piece of homework off.
    pub async fn tick_off(&self, homework: &Entry) -> Result<()> {
        self.screen.press(Role::Checkbox, &homework.title).await?;
        self.screen.find(Role::CheckedCheckbox, &homework.title).await?;
        Ok(())
    }
}
