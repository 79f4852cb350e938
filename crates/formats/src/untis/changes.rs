//! What GPU014 changes in the plan.

use std::collections::BTreeMap;

use tornister_protocol::{
    school::{Lesson, LessonChange, LessonChangeKind},
    time::LocalDate,
};

use super::{
    PlannedRow, SubstitutionKind, SubstitutionRow,
    plan::{self, Place},
};
use crate::{profile::Profile, report::Report};

/// A lesson's two ends: where it was planned and where it went.
#[derive(Default)]
struct Move {
    away: Vec<Place>,
    here: Vec<Place>,
}

pub(super) fn lay_over(
    lessons: &mut BTreeMap<Place, Lesson>,
    profile: &Profile,
    planned: &[&PlannedRow],
    substitutions: &[SubstitutionRow],
    path: &str,
    report: &mut Report,
) {
    let mut moves: BTreeMap<_, Move> = BTreeMap::new();
    for row in substitutions {
        if !profile.year.contains(row.date) || profile.holiday(row.date).is_some() {
            let message = format!(
                "there are no lessons on {}; the row is left out. Check the year in school.toml",
                row.date
            );
            report.warn(path, Some(row.line), message);
            continue;
        }
        for class in &row.classes {
            let places = places(lessons, row, class);
            let is_planned = !places.is_empty();
            let kind = match row.kind {
                SubstitutionKind::Swapped if is_planned => SubstitutionKind::MovedAway,
                SubstitutionKind::Swapped => SubstitutionKind::MovedHere,
                kind => kind,
            };
            let places = if is_planned {
                places
            } else if kind == SubstitutionKind::MovedHere || row.number == 0 {
                extra(lessons, profile, planned, row, class).into_iter().collect()
            } else {
                Vec::new()
            };
            if places.is_empty() {
                let message = format!(
                    "class {class} has no lesson {} in period {} on {}; the row is left out. Export both files at the same time",
                    row.number, row.period, row.date
                );
                report.warn(path, Some(row.line), message);
            }
            for place in places {
                let Some(lesson) = lessons.get_mut(&place) else { continue };
                change(lesson, profile, row, kind);
                let ends = moves.entry((class.clone(), row.date, row.number)).or_default();
                match kind {
                    SubstitutionKind::MovedAway => ends.away.push(place),
                    SubstitutionKind::MovedHere => ends.here.push(place),
                    _ => {}
                }
            }
        }
    }
    let (same_day, open): (Vec<_>, Vec<_>) =
        moves.into_iter().partition(|(_, ends)| ends.away.len() == ends.here.len());
    for (_, ends) in same_day {
        ends.away.iter().zip(&ends.here).for_each(|(away, here)| join(lessons, away, here));
    }
    // Across days only what cannot be mistaken: the one move of this lesson in that week.
    let mut weeks: BTreeMap<(String, LocalDate, u32), Move> = BTreeMap::new();
    for ((class, date, number), ends) in open {
        let week = weeks.entry((class, date.monday(), number)).or_default();
        week.away.extend(ends.away);
        week.here.extend(ends.here);
    }
    for ends in weeks.into_values() {
        if let (&[away], &[here]) =
            (&ends.away.iter().collect::<Vec<_>>()[..], &ends.here.iter().collect::<Vec<_>>()[..])
        {
            join(lessons, away, here);
        }
    }
}

/// Tells each end of a move of the other.
fn join(lessons: &mut BTreeMap<Place, Lesson>, away: &Place, here: &Place) {
    for (end, other) in [(away, here), (here, away)] {
        if let Some(change) = lessons.get_mut(end).and_then(|lesson| lesson.change.as_mut()) {
            change.other_period = Some(other.2);
            change.other_date = (other.1 != end.1).then_some(other.1);
        }
    }
}

/// The planned lessons that a row means: those of its subject where the number has several.
fn places(lessons: &BTreeMap<Place, Lesson>, row: &SubstitutionRow, class: &str) -> Vec<Place> {
    let first = (class.to_owned(), row.date, row.period, row.number, String::new());
    let same = lessons
        .range(first.clone()..)
        .map(|(place, _)| place)
        .take_while(|place| (&place.0, place.1, place.2, place.3) == (&first.0, first.1, first.2, first.3));
    let all: Vec<Place> = same.cloned().collect();
    let of_subject: Vec<Place> = all.iter().filter(|place| place.4 == row.subject).cloned().collect();
    if of_subject.is_empty() { all } else { of_subject }
}

/// Puts a lesson where the plan has none, as it is planned elsewhere in the week.
fn extra(
    lessons: &mut BTreeMap<Place, Lesson>,
    profile: &Profile,
    planned: &[&PlannedRow],
    row: &SubstitutionRow,
    class: &str,
) -> Option<Place> {
    let mut usual = planned.iter().filter(|planned| planned.number == row.number && planned.class == class);
    let usual = usual.clone().find(|planned| planned.subject == row.subject).or_else(|| usual.next());
    let subject = [&row.subject, &row.new_subject].into_iter().find(|subject| !subject.is_empty());
    let subject = subject.or(usual.map(|usual| &usual.subject)).cloned().unwrap_or_default();
    let place = (class.to_owned(), row.date, row.period, row.number, subject);
    let mut lesson = plan::lesson(profile, &place)?;
    let absent = Some(&row.absent_teacher).filter(|_| profile.timetable.show_absent_teachers);
    let teacher = usual.map(|usual| &usual.teacher).or(absent).filter(|teacher| !teacher.is_empty());
    lesson.teachers = teacher.map_or_else(|| row.teachers.clone(), |teacher| vec![teacher.clone()]);
    lesson.rooms = match usual.map(|usual| &usual.room).filter(|room| !room.is_empty()) {
        Some(room) => vec![room.clone()],
        None => row.rooms.clone(),
    };
    lessons.insert(place.clone(), lesson);
    Some(place)
}

/// Writes one row into a lesson; rows for several teachers of one lesson add up.
fn change(lesson: &mut Lesson, profile: &Profile, row: &SubstitutionRow, kind: SubstitutionKind) {
    let before = lesson.change.take();
    let current = before.as_ref().and_then(|change| change.teachers.as_ref()).unwrap_or(&lesson.teachers);
    let with_others = lesson.teachers.len() > 1 && current.contains(&row.absent_teacher);
    let others = || current.iter().filter(|&teacher| *teacher != row.absent_teacher).cloned();
    // One of several teachers is away: the lesson takes place with the others.
    let kind = match kind {
        SubstitutionKind::Cancelled if with_others && others().next().is_some() => {
            SubstitutionKind::Substitution
        }
        kind => kind,
    };
    let takes_place = !matches!(kind, SubstitutionKind::Cancelled | SubstitutionKind::MovedAway);
    let teachers = match (takes_place, with_others) {
        (true, true) => {
            let mut teachers: Vec<String> = others().collect();
            teachers.extend(row.teachers.iter().filter(|teacher| !current.contains(teacher)).cloned());
            if row.teachers.contains(&row.absent_teacher) { current.clone() } else { teachers }
        }
        (true, false) if !row.teachers.is_empty() => row.teachers.clone(),
        _ => lesson.teachers.clone(),
    };
    let rooms = if takes_place && !row.new_rooms.is_empty() { &row.new_rooms } else { &lesson.rooms };
    let subject = Some(&row.new_subject).filter(|subject| takes_place && !subject.is_empty());
    let subject = subject.filter(|subject| **subject != lesson.subject).cloned();
    let teachers = Some(teachers).filter(|teachers| *teachers != lesson.teachers);
    let rooms = Some(rooms).filter(|rooms| **rooms != lesson.rooms).cloned();
    let kind = match kind {
        SubstitutionKind::Cancelled => LessonChangeKind::Cancelled,
        SubstitutionKind::Supervision => LessonChangeKind::Supervision,
        SubstitutionKind::MovedAway => LessonChangeKind::MovedAway,
        SubstitutionKind::MovedHere | SubstitutionKind::Swapped => LessonChangeKind::MovedHere,
        SubstitutionKind::Exam => LessonChangeKind::Exam,
        SubstitutionKind::Other => LessonChangeKind::Other,
        SubstitutionKind::Room | SubstitutionKind::Substitution => match (&teachers, &subject, &rooms) {
            (None, None, Some(_)) => LessonChangeKind::Room,
            (None, None, None) => LessonChangeKind::Other,
            _ => LessonChangeKind::Substitution,
        },
    };
    let mut texts: Vec<String> = before.into_iter().map(|change| change.text).collect();
    texts.push(row.text.clone());
    texts.retain(|text| !text.is_empty());
    texts.dedup();
    lesson.change = Some(LessonChange {
        kind,
        subject_name: subject.as_deref().map(|subject| profile.subject_name(subject)),
        subject,
        teachers,
        rooms,
        other_period: None,
        other_date: None,
        text: texts.join("; "),
    });
}
