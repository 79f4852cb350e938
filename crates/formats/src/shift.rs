//! Moves a demo school in time by whole weeks, so that weekdays and wall-clock times stay. Only its
//! mail moves by days on a weekend: what lies in a mailbox has arrived already.

mod mail;

use chrono::TimeDelta;
use chrono_tz::Tz;
use tornister_protocol::time::{LocalDate, LocalDateTime};

/// A number of days; zero for a real school.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    days: i64,
}

impl Shift {
    /// Nothing moves.
    pub const NONE: Self = Self { days: 0 };

    /// Moves the week of `anchor` to the week of `today`, on a Saturday or Sunday to the coming week.
    #[must_use]
    pub fn to_week_of(anchor: LocalDate, today: LocalDate) -> Self {
        let school_week = if today.is_weekend() { today.plus_days(7) } else { today };
        Self { days: school_week.monday().days_since(anchor.monday()) }
    }

    /// The same for mail: on a Saturday or Sunday the coming Monday's has come today.
    #[must_use]
    pub fn of_mail(self, today: LocalDate) -> Self {
        if self == Self::NONE || !today.is_weekend() {
            return self;
        }
        let monday = today.plus_days(7).monday();
        Self { days: self.days - monday.days_since(today) }
    }

    /// Later by so many days.
    #[must_use]
    pub fn days(self) -> i64 {
        self.days
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

    /// A mail with its `Date` and its `Received` fields moved, at the same wall-clock time in `zone`;
    /// every other byte stays. A field whose date cannot be read stays as well.
    #[must_use]
    pub fn mail(self, raw: &[u8], zone: Tz) -> Vec<u8> {
        if self == Self::NONE { raw.to_vec() } else { mail::moved(raw, self, zone) }
    }
}
