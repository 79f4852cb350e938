//! The school's profile, `school.toml`: what differs between two schools is data (R24).

mod parse;
mod password;

pub use password::{CharacterClass, PasswordPolicy};

use std::{collections::BTreeMap, fmt};

use chrono::NaiveTime;
use chrono_tz::Tz;
use tornister_protocol::time::LocalDate;

use crate::shift::Shift;

/// A whole `school.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Such as `Gymnasium am Stadtwald`.
    pub name: String,
    /// Where the school's clocks hang.
    pub time_zone: Tz,
    /// The part after the `@` of the school's addresses.
    pub mail_domain: String,
    /// The Monday on which a demo school plays; none for a real one.
    pub anchor_week: Option<LocalDate>,
    /// The days of lessons.
    pub year: Days,
    /// Days of the year without lessons.
    pub holidays: Vec<Holiday>,
    /// The time grid, by number.
    pub periods: BTreeMap<u32, Period>,
    /// Subjects in full, by short form.
    pub subjects: BTreeMap<String, String>,
    /// How mail is read.
    pub mail: MailRules,
    /// How the timetable is read and shown.
    pub timetable: TimetableRules,
    /// What a password has to have.
    pub password: PasswordPolicy,
    /// Who may log in.
    pub users: Vec<User>,
}

/// What is wrong with a `school.toml`, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ProfileError {
    /// Counted from 1.
    pub line: usize,
    /// Names the key.
    pub message: String,
}

impl Profile {
    /// Reads a `school.toml`. A profile is read whole or not at all: a school with half its holidays
    /// would show lessons that nobody gives.
    ///
    /// # Errors
    /// At the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        parse::profile(text)
    }

    /// The text of a `school.toml` that was read before, without its users: what may be kept elsewhere.
    #[must_use]
    pub fn without_users(text: &str) -> String {
        let mut table: toml::Table = toml::from_str(text).unwrap_or_default();
        table.remove("user");
        table.to_string()
    }

    /// How far the import moves this school; not at all where it has no anchor week.
    #[must_use]
    pub fn shift(&self, today: LocalDate) -> Shift {
        self.anchor_week.map_or(Shift::NONE, |anchor| Shift::to_week_of(anchor, today))
    }

    /// The profile with all its days moved, the anchor among them.
    #[must_use]
    pub fn shifted(mut self, shift: Shift) -> Self {
        let moved = |days: Days| Days { first: shift.day(days.first), last: shift.day(days.last) };
        self.anchor_week = self.anchor_week.map(|anchor| shift.day(anchor));
        self.year = moved(self.year);
        for holiday in &mut self.holidays {
            holiday.days = moved(holiday.days);
        }
        self
    }

    /// The lesson group of the week that this day is in; none where weeks do not differ.
    #[must_use]
    pub fn week_group(&self, day: LocalDate) -> Option<&str> {
        let groups = &self.timetable.week_groups;
        let weeks = day.monday().days_since(self.year.first.monday()) / 7;
        let count = i64::try_from(groups.len()).ok().filter(|count| *count > 0)?;
        groups.get(usize::try_from(weeks.rem_euclid(count)).ok()?).map(String::as_str)
    }

    /// The holidays that this day is in, if any.
    #[must_use]
    pub fn holiday(&self, day: LocalDate) -> Option<&Holiday> {
        self.holidays.iter().find(|holiday| holiday.days.contains(day))
    }

    /// A subject in full; its short form where the school gave none.
    #[must_use]
    pub fn subject_name(&self, subject: &str) -> String {
        self.subjects.get(subject).map_or(subject, String::as_str).to_owned()
    }
}

impl Days {
    /// Whether this day is one of them.
    #[must_use]
    pub fn contains(self, day: LocalDate) -> bool {
        self.first <= day && day <= self.last
    }
}

/// Some days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: LocalDate,
    /// The last, itself among them.
    pub last: LocalDate,
}

/// Some days in a row without lessons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Such as `Herbstferien`.
    pub name: String,
    /// When.
    pub days: Days,
}

/// When a period begins and ends, wall-clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First minute.
    pub start: NaiveTime,
    /// First minute after it.
    pub end: NaiveTime,
}

/// The `[mail]` table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailRules {
    /// Subjects that begin so are meant for the parents (R3).
    pub parents_information: Vec<String>,
    /// How much mail one person may have, in millions of bytes; none for the gateway's own limit.
    pub quota_megabytes: Option<u32>,
}

/// The `[timetable]` table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimetableRules {
    /// Lesson groups that stand for weeks, such as `A` and `B`, in their order from the year's first week.
    pub week_groups: Vec<String>,
    /// Whether pupils see which teacher is absent.
    pub show_absent_teachers: bool,
}

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Such as `lena.sommer`, lower case.
    pub login: String,
    /// As people write it.
    pub name: String,
    /// What the person is at school.
    pub role: Role,
    /// A pupil's class.
    pub class: Option<String>,
    /// The first password; demo schools only.
    pub password: Option<Password>,
}

/// Whether this can be a login: it names folders and stands in addresses.
#[must_use]
pub fn is_login(text: &str) -> bool {
    let is_allowed = |character: char| character.is_alphanumeric() || "._-".contains(character);
    !text.is_empty() && text.len() <= 64 && !text.starts_with('.') && text.chars().all(is_allowed)
}

/// What a person is at school.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Goes to a class.
    Pupil,
    /// Teaches.
    Teacher,
}

/// A password in the clear, on its way to being hashed; `Debug` hides it (R6).
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Wraps a password.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The password itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
