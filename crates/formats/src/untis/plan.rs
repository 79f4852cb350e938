//! The week's plan on the dates of a school year, and the changes laid over it.

use std::collections::BTreeMap;

use tornister_protocol::{id::LessonId, school::Lesson, time::LocalDate};

use super::{ClassLesson, PlannedRow, SubstitutionRow, Weeks, changes};
use crate::{profile::Profile, report::Report};

/// Where a lesson is: class, date, period, number, subject. Ordered as they are listed.
pub(super) type Place = (String, LocalDate, u32, u32, String);

/// All lessons of the school year by place; days and times are the profile's. Days of the week that
/// the plan does not name have none, and neither have holidays. `paths` are those of GPU001 and
/// GPU014, for the report.
pub fn plan(
    profile: &Profile,
    planned: &[PlannedRow],
    weeks: &Weeks,
    substitutions: &[SubstitutionRow],
    paths: [&str; 2],
    report: &mut Report,
) -> Vec<ClassLesson> {
    let [plan_path, changes_path] = paths;
    let in_grid: Vec<&PlannedRow> = planned
        .iter()
        .filter(|row| {
            let known = profile.periods.contains_key(&row.period);
            if !known {
                let message = format!(
                    "period {} is not in the time grid; the row is left out. Add a [[period]] to school.toml",
                    row.period
                );
                report.error(plan_path, Some(row.line), message);
            }
            known
        })
        .collect();
    let mut lessons = BTreeMap::new();
    let mut date = profile.year.first;
    while date <= profile.year.last {
        if profile.holiday(date).is_none() {
            for row in
                in_grid.iter().filter(|row| row.day == date.weekday_number() && weeks.has(profile, row, date))
            {
                add(&mut lessons, profile, row, date);
            }
        }
        let next = date.plus_days(1);
        if next == date {
            break;
        }
        date = next;
    }
    changes::lay_over(&mut lessons, profile, &in_grid, substitutions, changes_path, report);
    lessons.into_iter().map(|((class, ..), lesson)| ClassLesson { class, students: None, lesson }).collect()
}

/// Coupled rows of one subject are one lesson with several teachers or rooms.
fn add(lessons: &mut BTreeMap<Place, Lesson>, profile: &Profile, row: &PlannedRow, date: LocalDate) {
    let place = (row.class.clone(), date, row.period, row.number, row.subject.clone());
    let Some(made) = lesson(profile, &place) else { return };
    let lesson = lessons.entry(place).or_insert(made);
    for (list, name) in [(&mut lesson.teachers, &row.teacher), (&mut lesson.rooms, &row.room)] {
        if !name.is_empty() && !list.contains(name) {
            list.push(name.clone());
        }
    }
}

/// A lesson without teachers and rooms; `None` where the time grid has no such period.
pub(super) fn lesson(profile: &Profile, place: &Place) -> Option<Lesson> {
    let (class, date, period, number, subject) = place;
    let times = profile.periods.get(period)?;
    Some(Lesson {
        id: LessonId(format!(
            "L{}-{}-{period}-{number}-{}",
            safe(class),
            date.0.format("%Y%m%d"),
            safe(subject)
        )),
        date: *date,
        period: *period,
        start: date.at(times.start),
        end: date.at(times.end),
        number: *number,
        subject: subject.clone(),
        subject_name: profile.subject_name(subject),
        teachers: Vec::new(),
        rooms: Vec::new(),
        change: None,
    })
}

/// Only characters that an id may have (RFC 8620 §1.2); two names never give the same.
fn safe(name: &str) -> String {
    let characters = name.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("_{byte:02x}") }
    });
    characters.collect()
}
