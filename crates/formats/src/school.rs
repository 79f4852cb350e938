//! A whole school folder, read: the door that an import goes through.
//!
//! | file | becomes |
//! |---|---|
//! | `school.toml` | [`School::profile`] |
//! | `timetable/GPU001.TXT`, likewise GPU002, GPU014, GPU015 and TIME | [`School::lessons`] |
//! | `calendar/*.ics` | a calendar each, and [`School::day_notes`] |
//! | `homework/CLASS.ics` | [`School::tasks`] of a class |
//! | `users/LOGIN/mail/FOLDER/*.eml` | [`School::mails`] |
//! | `users/LOGIN/calendar.ics` | a private calendar and private tasks |

mod calendars;
mod files;
pub mod mail_files;
mod mails;

pub use calendars::read_calendar;
pub use files::read as file_bytes;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tornister_protocol::{
    calendars::Occurrence,
    time::{LocalDate, UtcDate},
};

use crate::{
    profile::{Profile, ProfileError},
    report::Report,
    untis::{self, ClassLesson, Export, ExportFile, Exports},
};
use files::Folder;

/// Everything in a school's folder, already shifted where the profile has an anchor week.
#[derive(Clone, Debug, PartialEq)]
pub struct School {
    /// The school itself and its users.
    pub profile: Profile,
    /// The profile as it is written, not shifted, without its users.
    pub profile_text: String,
    /// By login, folder and file name.
    pub mails: Vec<MailItem>,
    /// The school's calendars by file name, then the users' by login.
    pub calendars: Vec<CalendarItem>,
    /// Classes' homework, then users' own tasks.
    pub tasks: Vec<TaskItem>,
    /// What the school says about days.
    pub day_notes: Vec<DayNoteItem>,
    /// The files that the lessons come from.
    pub timetable: Exports,
    /// By class, date, period and id.
    pub lessons: Vec<ClassLesson>,
    /// What could not be read.
    pub report: Report,
}

/// Whose something is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// Everybody's.
    School,
    /// Every pupil's of a class, such as `7b`.
    Class(String),
    /// One user's, by login.
    User(String),
}

/// One mail in one user's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailItem {
    /// Whose; empty where the file does not say.
    pub login: String,
    /// The folder's name, such as `Inbox`.
    pub folder: String,
    /// The file, relative to the school's folder, with `/`.
    pub path: String,
    /// The whole message, dates shifted.
    pub raw: Vec<u8>,
    /// From the newest `Received` field, else from `Date`, else the file's own time.
    pub received_at: UtcDate,
    /// `Status` has an `R`.
    pub seen: bool,
    /// `X-Status` has an `F`.
    pub flagged: bool,
    /// `X-Status` has an `A`.
    pub answered: bool,
    /// Not sent yet.
    pub draft: bool,
}

/// A calendar and its events.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarItem {
    /// Whose.
    pub owner: Owner,
    /// The file's name without its end, such as `termine`; unique for an owner.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// A CSS colour.
    pub color: Option<String>,
    /// In the order of the file.
    pub events: Vec<EventItem>,
}

/// An event, or a series of them.
#[derive(Clone, Debug, PartialEq)]
pub struct EventItem {
    /// Unique in its calendar.
    pub uid: String,
    /// A JSCalendar Event (RFC 8984 §5.1).
    pub event: Map<String, Value>,
    /// When it takes place in the school year, in the school's zone, in order.
    pub occurrences: Vec<Occurrence>,
}

/// A piece of homework or a private task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskItem {
    /// A class or a user.
    pub owner: Owner,
    /// Unique for its owner.
    pub uid: String,
    /// A JSCalendar Task (RFC 8984 §5.2).
    pub task: Map<String, Value>,
}

/// What the school says about one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayNoteItem {
    /// So far always the school.
    pub owner: Owner,
    /// Unique for its owner.
    pub uid: String,
    /// The day.
    pub date: LocalDate,
    /// In a line.
    pub title: String,
    /// More of it, plain text, may be empty.
    pub text: String,
}

/// What one `.ics` file holds for its owner.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarFile {
    /// Whose.
    pub owner: Owner,
    /// The file's name without its end.
    pub key: String,
    /// None where the file holds tasks or notes only.
    pub calendar: Option<CalendarItem>,
    /// Homework of a class, or somebody's own tasks.
    pub tasks: Vec<TaskItem>,
    /// What the school says about days.
    pub day_notes: Vec<DayNoteItem>,
}

/// Why a folder cannot be read at all. Everything smaller is a finding in [`School::report`].
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The folder or its profile cannot be opened.
    #[error("{path}: {source}. Name the folder that holds school.toml", path = path.display())]
    Open {
        /// What could not be opened.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The profile makes no sense.
    #[error("school.toml, {0}")]
    Profile(#[from] ProfileError),
}

/// The name of the profile in a school's folder.
const PROFILE: &str = "school.toml";

/// Reads a school's folder. `today` decides where a demo school is moved to. Files that this crate
/// does not know are named in the report; symbolic links are followed.
///
/// # Errors
/// Where there is no readable profile: nothing else can be understood without it.
pub fn read_folder(path: &Path, today: LocalDate) -> Result<School, ReadError> {
    let profile_path = path.join(PROFILE);
    let text = std::fs::read_to_string(&profile_path)
        .map_err(|source| ReadError::Open { path: profile_path, source })?;
    let profile = Profile::parse(&text)?;
    let shift = profile.shift(today);
    let profile = profile.shifted(shift);
    let mut report = Report::default();
    report.count(PROFILE, 1);
    let folder = Folder::new(path);

    let timetable = exports(&folder, &mut report);
    let lessons = untis::timetable(&profile, shift, &timetable, &mut report);
    let mut school = School {
        profile,
        profile_text: Profile::without_users(&text),
        mails: Vec::new(),
        calendars: Vec::new(),
        tasks: Vec::new(),
        day_notes: Vec::new(),
        timetable,
        lessons,
        report,
    };
    calendars::read(&folder, shift, &mut school);
    mails::read(&folder, shift, today, &mut school);
    for name in folder.names("", &mut school.report) {
        if ![PROFILE, "timetable", "calendar", "homework", "users"].contains(&name.as_str())
            && !name.to_ascii_lowercase().ends_with(".md")
        {
            school.report.warn(&name, None, "nothing that a school's folder holds; it is not read");
        }
    }
    school.report.findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    Ok(school)
}

fn exports(folder: &Folder<'_>, report: &mut Report) -> Exports {
    let mut exports = Exports::new();
    for name in folder.names("timetable", report) {
        let path = format!("timetable/{name}");
        let Some(kind) = Export::of_name(&name) else {
            report.warn(&path, None, "none of GPU001, GPU002, GPU014, GPU015 and TIME with .TXT; not read");
            continue;
        };
        if let Some(bytes) = folder.bytes(&path, report)
            && exports.insert(kind, ExportFile { path: path.clone(), bytes }).is_some()
        {
            report.warn(&path, None, format!("there is more than one {}; this one is taken", kind.name()));
        }
    }
    exports
}
