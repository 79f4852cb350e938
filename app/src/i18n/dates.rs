//! Days and moments in words.

use tornister_protocol::time::{LocalDate, LocalDateTime, UtcDate};

use super::{DateStyle, Language};
use crate::{model::relative_day::RelativeDay, platform::clock};

impl Language {
    /// A day at the head of a list: `Heute`, `Morgen`, `Mittwoch`, `Mittwoch, 23. September`.
    #[must_use]
    pub fn day(self, day: LocalDate, today: LocalDate) -> String {
        let texts = self.texts();
        match RelativeDay::of(day, today) {
            RelativeDay::Yesterday => texts.yesterday.to_owned(),
            RelativeDay::Today => texts.today.to_owned(),
            RelativeDay::Tomorrow => texts.tomorrow.to_owned(),
            RelativeDay::ThisWeek => self.date(DateStyle::Weekday, day),
            RelativeDay::Far => self.date(DateStyle::Full, day),
        }
    }

    /// The same with the date always: `Heute, 16. September`.
    #[must_use]
    pub fn day_and_date(self, day: LocalDate, today: LocalDate) -> String {
        match RelativeDay::of(day, today) {
            RelativeDay::Far | RelativeDay::ThisWeek => self.date(DateStyle::Full, day),
            _ => format!("{}, {}", self.day(day, today), self.date(DateStyle::DayMonth, day)),
        }
    }

    /// When something happened, short: `07:12`, `Gestern 07:12`, `Mo 14.9.`.
    #[must_use]
    pub fn moment(self, moment: UtcDate, today: LocalDate) -> String {
        let local = clock::local_of(moment);
        match RelativeDay::of(local.date(), today) {
            RelativeDay::Today => local.hour_minute(),
            RelativeDay::Yesterday => format!("{} {}", self.texts().yesterday, local.hour_minute()),
            _ => {
                let weekday = self.date(DateStyle::WeekdayShort, local.date());
                format!("{weekday} {}", self.date(DateStyle::DayMonthShort, local.date()))
            }
        }
    }

    /// When something happened, in full: `Montag, 14. September 2026, 07:12`.
    #[must_use]
    pub fn moment_in_full(self, moment: UtcDate) -> String {
        let local = clock::local_of(moment);
        format!("{}, {}", self.date(DateStyle::FullYear, local.date()), local.hour_minute())
    }

    /// From when until when on one day: `09:40–11:15`.
    #[must_use]
    pub fn times(self, start: LocalDateTime, end: LocalDateTime) -> String {
        if start == end {
            return start.hour_minute();
        }
        format!("{}–{}", start.hour_minute(), end.hour_minute())
    }
}
