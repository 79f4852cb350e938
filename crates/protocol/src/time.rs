//! Dates and times as JMAP writes them (RFC 8620 §1.4, RFC 8984 §1.4.4). Fixed width, so the order
//! of the texts is the order in time, and a text can be part of an index key.

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A text that is not a date or time of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadTime {
    /// The form that was expected, such as `YYYY-MM-DD`.
    pub expected: &'static str,
}

impl std::fmt::Display for BadTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for BadTime {}

/// A calendar day without a zone, `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDate(pub NaiveDate);

/// A wall-clock time in the school's zone, `YYYY-MM-DDTHH:MM:SS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDateTime(pub NaiveDateTime);

/// A moment, `YYYY-MM-DDTHH:MM:SSZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcDate(pub NaiveDateTime);

impl LocalDate {
    /// The day with this year, month (1 to 12) and day of the month, if there is one.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// The day `days` later, or earlier where negative; the same day where the calendar ends.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let step = Days::new(days.unsigned_abs());
        let moved = if days < 0 { self.0.checked_sub_days(step) } else { self.0.checked_add_days(step) };
        Self(moved.unwrap_or(self.0))
    }

    /// The Monday of this day's week.
    #[must_use]
    pub fn monday(self) -> Self {
        self.plus_days(-i64::from(self.0.weekday().num_days_from_monday()))
    }

    /// Monday is 1, Sunday 7, as ISO 8601 and Untis count.
    #[must_use]
    pub fn weekday_number(self) -> u32 {
        self.0.weekday().number_from_monday()
    }

    /// Whether this is a Saturday or a Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// Days from `earlier` to this day; negative where `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.signed_duration_since(earlier.0).num_days()
    }

    /// This day at a wall-clock time.
    #[must_use]
    pub fn at(self, time: NaiveTime) -> LocalDateTime {
        LocalDateTime(self.0.and_time(time))
    }
}

impl LocalDateTime {
    /// The day that this time is on.
    #[must_use]
    pub fn date(self) -> LocalDate {
        LocalDate(self.0.date())
    }

    /// `HH:MM`, as a timetable shows it.
    #[must_use]
    pub fn hour_minute(self) -> String {
        format!("{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl UtcDate {
    /// Milliseconds since 1970, as browsers count.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.0.and_utc().timestamp_millis()
    }

    /// The moment that lies `millis` milliseconds after 1970 began; 1970 itself where out of range.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Self {
        Self(chrono::DateTime::from_timestamp_millis(millis).unwrap_or_default().naive_utc())
    }
}

impl std::fmt::Display for LocalDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl std::fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.0.time();
        write!(f, "{}T{:02}:{:02}:{:02}", self.date(), time.hour(), time.minute(), time.second())
    }
}

impl std::fmt::Display for UtcDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}Z", LocalDateTime(self.0))
    }
}

/// Reads a run of ASCII digits; `None` where anything else stands there.
fn digits(text: &str, range: std::ops::Range<usize>) -> Option<u32> {
    let part = text.get(range)?;
    part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
}

fn separators(text: &str, expected: &[(usize, u8)]) -> bool {
    expected.iter().all(|&(at, byte)| text.as_bytes().get(at) == Some(&byte))
}

impl std::str::FromStr for LocalDate {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let parse = || {
            (text.len() == 10 && separators(text, &[(4, b'-'), (7, b'-')])).then_some(())?;
            let year = i32::try_from(digits(text, 0..4)?).ok()?;
            Self::from_ymd(year, digits(text, 5..7)?, digits(text, 8..10)?)
        };
        parse().ok_or(BadTime { expected: "YYYY-MM-DD" })
    }
}

impl std::str::FromStr for LocalDateTime {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let parse = || {
            (text.len() == 19 && separators(text, &[(10, b'T'), (13, b':'), (16, b':')])).then_some(())?;
            let date: LocalDate = text.get(..10)?.parse().ok()?;
            let time =
                NaiveTime::from_hms_opt(digits(text, 11..13)?, digits(text, 14..16)?, digits(text, 17..19)?)?;
            Some(date.at(time))
        };
        parse().ok_or(BadTime { expected: "YYYY-MM-DDTHH:MM:SS" })
    }
}

impl std::str::FromStr for UtcDate {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let local = text.strip_suffix('Z').and_then(|local| local.parse::<LocalDateTime>().ok());
        local.map(|local| Self(local.0)).ok_or(BadTime { expected: "YYYY-MM-DDTHH:MM:SSZ" })
    }
}

macro_rules! serde_as_text {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

serde_as_text!(LocalDate, LocalDateTime, UtcDate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_reads_back_as_it_was_written() {
        let day: LocalDate = "2026-02-28".parse().unwrap();
        assert_eq!(day.to_string(), "2026-02-28");
        assert_eq!(day.plus_days(1).to_string(), "2026-03-01");
        assert_eq!(day.monday().to_string(), "2026-02-23");
        let moment: UtcDate = "2026-10-25T00:59:59Z".parse().unwrap();
        assert_eq!(UtcDate::from_unix_millis(moment.unix_millis()), moment);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "2026-2-28", "2026-02-30", "2026-02-2é", "+026-02-28", "2026/02/28"] {
            assert!(text.parse::<LocalDate>().is_err(), "{text}");
        }
        assert!("2026-02-28T25:00:00".parse::<LocalDateTime>().is_err());
        assert!("2026-02-28T08:00:00".parse::<UtcDate>().is_err());
    }
}
