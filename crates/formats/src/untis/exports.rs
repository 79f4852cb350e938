//! The files that Untis exports, told apart by their names and read together: none makes sense alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AssignedRow, ChoiceRow, ClassLesson, gpu002, gpu014, gpu015, plan, read_substitutions, read_timetable,
    time_grid,
};
use crate::{profile::Profile, report::Report, shift::Shift};

/// One kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Export {
    /// GPU001: the week's plan.
    Plan,
    /// GPU002: the lessons as they were assigned.
    Assignments,
    /// GPU014: the changes.
    Substitutions,
    /// GPU015: the pupils' courses.
    Choices,
    /// TIME: the time grid.
    TimeGrid,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// As reports name it.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// At most one file of each kind.
pub type Exports = BTreeMap<Export, ExportFile>;

impl Export {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Plan, Self::Assignments, Self::Substitutions, Self::Choices, Self::TimeGrid];

    /// The file's name without its end.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "GPU001",
            Self::Assignments => "GPU002",
            Self::Substitutions => "GPU014",
            Self::Choices => "GPU015",
            Self::TimeGrid => "TIME",
        }
    }

    /// What a file of this name is, in any case: `GPU014.TXT`, `gpu014.csv`, `TIME.TXT`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (stem, end) = name.rsplit_once('.')?;
        let is_table = ["txt", "csv", "dif"].contains(&end.to_ascii_lowercase().as_str());
        Self::ALL.into_iter().find(|kind| is_table && stem.eq_ignore_ascii_case(kind.name()))
    }

    /// What may be kept of a file: reasons of absences are personal, and go before anything is stored.
    #[must_use]
    pub fn storable(self, bytes: &[u8]) -> Vec<u8> {
        if self == Self::Substitutions { gpu014::without_reasons(bytes) } else { bytes.to_vec() }
    }
}

/// The dated lessons of these files; without a plan there are none. Where there is a time grid it goes before
/// the profile's.
pub fn timetable(
    profile: &Profile,
    shift: Shift,
    exports: &Exports,
    report: &mut Report,
) -> Vec<ClassLesson> {
    let mut profile = profile.clone();
    if let Some(file) = exports.get(&Export::TimeGrid) {
        let grid = time_grid::read_time_grid(&file.bytes, &file.path, report);
        if !grid.is_empty() {
            profile.periods = grid;
        }
    }
    let path = |kind: Export| exports.get(&kind).map_or(kind.name(), |file| file.path.as_str());
    let planned = exports.get(&Export::Plan);
    let planned = planned.map(|file| read_timetable(&file.bytes, &file.path, report)).unwrap_or_default();
    let assigned = exports.get(&Export::Assignments);
    let assigned = assigned.map(|file| gpu002::read_assignments(&file.bytes, &file.path, shift, report));
    let changed = exports.get(&Export::Substitutions);
    let changed = changed.map(|file| read_substitutions(&file.bytes, &file.path, shift, report));
    let chosen = exports.get(&Export::Choices);
    let chosen = chosen.map(|file| gpu015::read_choices(&file.bytes, &file.path, report)).unwrap_or_default();
    let weeks = Weeks::new(&profile, assigned.unwrap_or_default(), path(Export::Assignments), report);
    let paths = [path(Export::Plan), path(Export::Substitutions)];
    let mut lessons = plan(&profile, &planned, &weeks, &changed.unwrap_or_default(), paths, report);
    choose(&mut lessons, &chosen);
    lessons
}

/// When a lesson is held, as far as that differs from week to week.
#[derive(Clone, Debug, Default)]
pub struct Weeks {
    rows: BTreeMap<u32, Vec<AssignedRow>>,
}

impl Weeks {
    /// From the rows of a GPU002; groups that the profile does not name count as every week.
    pub fn new(profile: &Profile, assigned: Vec<AssignedRow>, path: &str, report: &mut Report) -> Self {
        let mut rows: BTreeMap<u32, Vec<AssignedRow>> = BTreeMap::new();
        let mut unknown = BTreeSet::new();
        for mut row in assigned {
            if !row.group.is_empty() && !profile.timetable.week_groups.contains(&row.group) {
                if unknown.insert(row.group.clone()) {
                    let message = format!(
                        "the lesson group {} is not known, so its lessons are shown in every week; if it names \
                         weeks, add week-groups = [\"{}\", …] to [timetable] in school.toml",
                        row.group, row.group
                    );
                    report.warn(path, Some(row.line), message);
                }
                row.group.clear();
            }
            rows.entry(row.number).or_default().push(row);
        }
        Self { rows }
    }

    /// Whether a planned row is held in the week of this day, on it.
    pub(super) fn has(
        &self,
        profile: &Profile,
        planned: &super::PlannedRow,
        date: tornister_protocol::time::LocalDate,
    ) -> bool {
        let Some(rows) = self.rows.get(&planned.number) else { return true };
        let mut own =
            rows.iter().filter(|row| row.class == planned.class && row.subject == planned.subject).peekable();
        if own.peek().is_none() {
            return true;
        }
        own.any(|row| {
            row.first.is_none_or(|first| first <= date)
                && row.last.is_none_or(|last| date <= last)
                && (row.group.is_empty() || profile.week_group(date) == Some(row.group.as_str()))
        })
    }
}

/// Leaves each course to those who have chosen it.
fn choose(lessons: &mut [ClassLesson], chosen: &[ChoiceRow]) {
    let mut by_number: BTreeMap<u32, Vec<&ChoiceRow>> = BTreeMap::new();
    for row in chosen {
        by_number.entry(row.number).or_default().push(row);
    }
    for item in lessons {
        let Some(rows) = by_number.get(&item.lesson.number) else { continue };
        let of_subject =
            rows.iter().filter(|row| row.subject.is_empty() || row.subject == item.lesson.subject);
        let of_class = of_subject.filter(|row| row.class.is_empty() || row.class == item.class);
        item.students = Some(of_class.map(|row| row.student.clone()).collect());
    }
}
