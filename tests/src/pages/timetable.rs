//! Stundenplan.

use anyhow::Result;

use crate::{
    facts::ChangedLesson,
    screen::{Role, Screen},
};

/// Shows a week of lessons, or a day of it.
pub struct TimetablePage<'b> {
    screen: Screen<'b>,
}

impl<'b> TimetablePage<'b> {
    /// Its address.
    pub const PATH: &'static str = "/stundenplan";

    /// Opens the week by its address.
    pub async fn open(screen: Screen<'b>) -> Result<Self> {
        screen.open(Self::PATH).await?;
        screen.find(Role::Heading, "Stundenplan").await?;
        Ok(Self { screen })
    }

    /// Opens one day by its address.
    pub async fn open_day(screen: Screen<'b>, date: &str) -> Result<Self> {
        screen.open(&format!("{}/{date}", Self::PATH)).await?;
        screen.find(Role::Heading, "Stundenplan").await?;
        Ok(Self { screen })
    }

    /// Waits until a lesson's old and new room are to be read, and which is which.
    pub async fn see_change(&self, lesson: &ChangedLesson) -> Result<()> {
        self.screen.see(&lesson.subject).await?;
        self.screen.see(&format!("Raum {} statt {}", lesson.room, lesson.planned_room)).await
    }
}
