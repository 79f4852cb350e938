//! The school's profile, `school.toml`: what differs between two schools is data (R24).

use std::{collections::BTreeMap, fmt};

use chrono::NaiveTime;
use chrono_tz::Tz;
use tornister_protocol::time::LocalDate;

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
    /// How the timetable is shown.
    pub timetable: TimetableRules,
    /// Who may log in.
    pub users: Vec<User>,
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
}

/// The `[timetable]` table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimetableRules {
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
