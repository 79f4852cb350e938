//! Days in words, each language's own way of writing a date. Not by the browser's `Intl`: making its
//! first formatter takes a slow phone a tenth of a second, and each start would wait for it.

use chrono::Datelike as _;
use tornister_protocol::time::LocalDate;

use super::Language;

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStyle {
    /// `Montag`.
    Weekday,
    /// `Mo`.
    WeekdayShort,
    /// `14. September`.
    DayMonth,
    /// `14.9.`.
    DayMonthShort,
    /// `Montag, 14. September`.
    Full,
    /// `Montag, 14. September 2026`.
    FullYear,
}

/// The names of weekdays, from Monday on, and of months.
struct Names {
    weekdays: [&'static str; 7],
    weekdays_short: [&'static str; 7],
    months: [&'static str; 12],
}

const DE: Names = Names {
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    weekdays_short: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
};

const EN: Names = Names {
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    weekdays_short: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
};

impl Language {
    /// A day in words. English as Europe writes it: the day before the month.
    #[must_use]
    pub fn date(self, style: DateStyle, day: LocalDate) -> String {
        let names = match self {
            Self::De => &DE,
            Self::En => &EN,
        };
        let date = day.0;
        let place = date.weekday().num_days_from_monday() as usize;
        let weekday = names.weekdays[place];
        let month = names.months[date.month0() as usize];
        let day_month = match self {
            Self::De => format!("{}. {month}", date.day()),
            Self::En => format!("{} {month}", date.day()),
        };
        let comma = match self {
            Self::De => ",",
            Self::En => "",
        };
        match style {
            DateStyle::Weekday => weekday.to_owned(),
            DateStyle::WeekdayShort => names.weekdays_short[place].to_owned(),
            DateStyle::DayMonth => day_month,
            DateStyle::DayMonthShort => match self {
                Self::De => format!("{}.{}.", date.day(), date.month()),
                Self::En => format!("{}/{}", date.day(), date.month()),
            },
            DateStyle::Full => format!("{weekday}{comma} {day_month}"),
            DateStyle::FullYear => format!("{weekday}{comma} {day_month} {}", date.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_each_language_writes_it() {
        let day: LocalDate = "2026-03-02".parse().unwrap();
        let written = |language: Language| {
            [
                DateStyle::Weekday,
                DateStyle::WeekdayShort,
                DateStyle::DayMonth,
                DateStyle::DayMonthShort,
                DateStyle::Full,
                DateStyle::FullYear,
            ]
            .map(|style| language.date(style, day))
        };
        let german = ["Montag", "Mo", "2. März", "2.3.", "Montag, 2. März", "Montag, 2. März 2026"];
        let english = ["Monday", "Mon", "2 March", "2/3", "Monday 2 March", "Monday 2 March 2026"];
        assert_eq!(
            (written(Language::De), written(Language::En)),
            (german.map(Into::into), english.map(Into::into))
        );
    }

    #[test]
    fn sunday_is_the_last_day_and_december_the_last_month() {
        let day: LocalDate = "2028-12-31".parse().unwrap();
        assert_eq!(Language::De.date(DateStyle::Full, day), "Sonntag, 31. Dezember");
    }
}
