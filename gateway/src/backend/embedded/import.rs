//! A school folder becomes objects, in one transaction. Importing the same folder again changes
//! nothing; what has left the folder is destroyed; what pupils did themselves (progress, keywords,
//! mailboxes) stays.

pub(super) mod mail;
mod people;
mod plans;

use tornister_formats::school::School;

use super::{EmbeddedSchool, change::Change};
use crate::backend::BackendError;

impl EmbeddedSchool {
    /// Makes the database hold this school; answers how many objects changed.
    ///
    /// # Errors
    /// See [`BackendError`]; nothing has changed then.
    pub async fn import(&self, school: &School) -> Result<i64, BackendError> {
        // Hashing takes a while, and nobody should wait for the right to write meanwhile.
        let passwords = people::passwords(self, school).await?;
        let mut change = Change::begin(&self.database, self.environment.clock.unix_seconds()).await?;
        people::import(&mut change, school, &passwords).await?;
        plans::import(&mut change, school).await?;
        mail::import(&mut change, school).await?;
        change.commit().await
    }
}
