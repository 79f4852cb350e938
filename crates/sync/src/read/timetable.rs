//! Timetable.

use tornister_protocol::{
    school::{DayNote, Lesson},
    time::LocalDate,
};

use super::{EVERYTHING, Reader};
use crate::{
    kind::Kind,
    record::day_range,
    store::{Question, Store, StoreError},
};

/// What [`Reader::lessons`] asks.
#[must_use]
pub fn lessons(from: LocalDate, to: LocalDate) -> Question {
    Question::List(Kind::Lesson, day_range(from, to), EVERYTHING)
}

/// What [`Reader::day_notes`] asks.
#[must_use]
pub fn day_notes(from: LocalDate, to: LocalDate) -> Question {
    Question::List(Kind::DayNote, day_range(from, to), EVERYTHING)
}

impl<S: Store> Reader<S> {
    /// The lessons from the day `from` on and before the day `to`, by day and period.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn lessons(&self, from: LocalDate, to: LocalDate) -> Result<Vec<Lesson>, StoreError> {
        self.list(Kind::Lesson, &day_range(from, to), EVERYTHING).await
    }

    /// The first school day on or after `day`: the day of the next lesson.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn next_school_day(&self, day: LocalDate) -> Result<Option<LocalDate>, StoreError> {
        let a_year_on = day.plus_days(366);
        let next: Vec<Lesson> = self.list(Kind::Lesson, &day_range(day, a_year_on), 1).await?;
        Ok(next.first().map(|lesson| lesson.date))
    }

    /// The notes for the days from `from` on and before `to`.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn day_notes(&self, from: LocalDate, to: LocalDate) -> Result<Vec<DayNote>, StoreError> {
        self.list(Kind::DayNote, &day_range(from, to), EVERYTHING).await
    }
}
