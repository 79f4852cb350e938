//! How far a day is from today, as people say it.

use tornister_protocol::time::LocalDate;

/// A day, seen from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelativeDay {
    /// The day before today.
    Yesterday,
    /// This day.
    Today,
    /// The day after today.
    Tomorrow,
    /// Less than a week away: its weekday says enough.
    ThisWeek,
    /// Further away.
    Far,
}

impl RelativeDay {
    /// Where `day` lies, seen from `today`.
    #[must_use]
    pub fn of(day: LocalDate, today: LocalDate) -> Self {
        match day.days_since(today) {
            -1 => Self::Yesterday,
            0 => Self::Today,
            1 => Self::Tomorrow,
            2..=6 => Self::ThisWeek,
            _ => Self::Far,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_weekday_next_week_is_not_called_by_its_weekday_alone() {
        let today = LocalDate::from_ymd(2026, 9, 16).unwrap();
        assert_eq!(RelativeDay::of(today.plus_days(6), today), RelativeDay::ThisWeek);
        assert_eq!(RelativeDay::of(today.plus_days(7), today), RelativeDay::Far);
        assert_eq!(RelativeDay::of(today.plus_days(-2), today), RelativeDay::Far);
    }
}
