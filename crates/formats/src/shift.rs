//! Moves a demo school in time by whole weeks, so that weekdays and wall-clock times stay.

use chrono::TimeDelta;
use tornister_protocol::time::{LocalDate, LocalDateTime};

/// A number of whole weeks; zero for a real school.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    weeks: i64,
}

impl Shift {
    /// Nothing moves.
    pub const NONE: Self = Self { weeks: 0 };

    /// Moves the week of `anchor` to the week of `today`, on a Saturday or Sunday to the coming week.
    #[must_use]
    pub fn to_week_of(anchor: LocalDate, today: LocalDate) -> Self {
        let school_week = if today.is_weekend() { today.plus_days(7) } else { today };
        Self { weeks: school_week.monday().days_since(anchor.monday()) / 7 }
    }

    /// Later by so many days; always a multiple of seven.
    #[must_use]
    pub fn days(self) -> i64 {
        self.weeks * 7
    }

    /// The moved day.
    #[must_use]
    pub fn day(self, day: LocalDate) -> LocalDate {
        day.plus_days(self.days())
    }

    /// The same wall-clock time on the moved day.
    #[must_use]
    pub fn date_time(self, time: LocalDateTime) -> LocalDateTime {
        let moved = time.0.checked_add_signed(TimeDelta::days(self.days()));
        moved.map_or(time, LocalDateTime)
    }
}
