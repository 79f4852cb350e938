//! The demo school, read as an import reads it.

use std::{collections::BTreeSet, path::Path};

use tornister_formats::{
    mime::Message,
    school::{self, Owner, School},
};
use tornister_protocol::{school::LessonChangeKind, time::LocalDate};

fn day(text: &str) -> LocalDate {
    text.parse().expect("a day")
}

fn demo(today: &str) -> School {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    school::read_folder(&folder, day(today)).expect("a readable school")
}

#[test]
fn the_demo_school_imports_without_a_finding() {
    // A day in each half of the year, a weekend, and the anchor week itself.
    for today in ["2026-09-16", "2026-11-18", "2027-03-27", "2027-07-01"] {
        let school = demo(today);
        assert_eq!(school.report.findings, [], "{today}");
        assert!(!school.mails.is_empty() && !school.calendars.is_empty() && !school.day_notes.is_empty());
    }
}

#[test]
fn the_demo_school_plays_this_week_and_on_a_weekend_the_coming_one() {
    for (today, monday) in [("2026-11-18", "2026-11-16"), ("2027-03-27", "2027-03-29")] {
        let school = demo(today);
        assert_eq!(school.profile.anchor_week, Some(day(monday)));
        let this_week = |date: LocalDate| date.monday() == day(monday);
        let lessons: Vec<_> =
            school.lessons.iter().filter(|one| one.class == "7b" && this_week(one.lesson.date)).collect();
        assert!(lessons.len() >= 25, "{} lessons", lessons.len());
        let kinds: Vec<_> =
            lessons.iter().filter_map(|one| one.lesson.change.as_ref()).map(|change| change.kind).collect();
        for kind in [
            LessonChangeKind::Cancelled,
            LessonChangeKind::Substitution,
            LessonChangeKind::Room,
            LessonChangeKind::MovedAway,
            LessonChangeKind::MovedHere,
        ] {
            assert!(kinds.contains(&kind), "{kind:?}");
        }
        let newest = school.mails.iter().map(|mail| LocalDate(mail.received_at.0.date())).max().unwrap();
        let age = day(today).days_since(newest);
        assert!((0..=4).contains(&age), "no mail comes from the future, and the newest is new: {newest}");
    }
}

#[test]
fn everything_has_an_id_of_its_own_and_keeps_it() {
    let (school, again) = (demo("2026-11-18"), demo("2026-11-20"));
    let ids: BTreeSet<_> = school.lessons.iter().map(|one| one.lesson.id.clone()).collect();
    assert_eq!(ids.len(), school.lessons.len());
    assert_eq!(school, again, "two imports in one week are the same");
    let uids: BTreeSet<(Owner, String)> =
        school.tasks.iter().map(|task| (task.owner.clone(), task.uid.clone())).collect();
    assert_eq!(uids.len(), school.tasks.len());
}

#[test]
fn no_reason_of_an_absence_is_kept() {
    let lessons = format!("{:?}", demo("2026-11-18").lessons);
    for reason in ["Fortbildung", "Arzttermin", "krank", "Kind krank", "Dienstgang"] {
        assert!(!lessons.contains(reason), "{reason}");
    }
}

#[test]
fn every_mail_of_the_demo_school_can_be_read() {
    for mail in demo("2026-11-18").mails {
        let read = Message::parse(&mail.raw);
        assert!(read.from.is_some() && !read.preview.is_empty(), "{}", mail.path);
        assert!(read.body_values.values().all(|value| !value.is_encoding_problem), "{}", mail.path);
    }
}

#[test]
fn a_lesson_moved_to_another_day_names_both_ends() {
    let school = demo("2026-11-18");
    let moved: Vec<_> = school
        .lessons
        .iter()
        .filter(|it| it.class == "7b" && it.lesson.subject == "KR")
        .filter_map(|it| Some((it.lesson.date.to_string(), it.lesson.period, it.lesson.change.as_ref()?)))
        .map(|(date, period, change)| {
            (date, period, change.other_date.map(|it| it.to_string()), change.other_period)
        })
        .collect();
    let expected = [
        ("2026-11-19".to_owned(), 8, Some("2026-11-20".to_owned()), Some(1)),
        ("2026-11-20".to_owned(), 1, Some("2026-11-19".to_owned()), Some(8)),
    ];
    assert_eq!(moved, expected);
}
