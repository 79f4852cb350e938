//! Files become objects. Importing the same again changes nothing; what has left its source is destroyed;
//! what pupils did themselves (progress, keywords, mailboxes, own events) stays.
//!
//! - A whole school's folder, in one transaction: [`EmbeddedSchool::import`]. Here: `people`, `plans`, `mail`.
//! - Single files: [`files`]. What came from which is known to `sources`.
//! - `timetable`, `homework`: what reaches a person through a class.

pub mod files;
pub(super) mod homework;
pub(super) mod mail;
mod people;
mod plans;
mod sources;
mod timetable;

pub use mail::Incoming;
use tornister_formats::{report::Report, school::School};

use super::{EmbeddedSchool, blobs};
use crate::backend::BackendError;

/// What an import did.
#[derive(Debug)]
pub struct Imported {
    /// How many objects changed.
    pub changed: i64,
    /// What could not be brought together with the school's people.
    pub report: Report,
}

impl EmbeddedSchool {
    /// Makes the database hold this school.
    ///
    /// # Errors
    /// See [`BackendError`]; nothing has changed then.
    pub async fn import(&self, school: &School) -> Result<Imported, BackendError> {
        // Hashing takes a while, and nobody should wait for the right to write meanwhile.
        let passwords = people::passwords(self, school).await?;
        let blob_ids = mail::blob_ids(school);
        let mut report = Report::default();
        let mut change = self.change().await?;
        people::import(&mut change, school, &passwords).await?;
        plans::import(&mut change, school, &mut report).await?;
        mail::import(&mut change, school, &blob_ids).await?;
        blobs::sweep(&mut change).await?;
        Ok(Imported { changed: change.commit().await?, report })
    }
}
