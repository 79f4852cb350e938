//! What a pupil's timetable shows of two Untis files, one of them broken in places.

use std::path::Path;

use tornister_formats::{
    profile::Profile,
    report::Report,
    shift::Shift,
    untis::{self, Export, ExportFile, Exports, Weeks},
};
use tornister_protocol::school::{Lesson, LessonChangeKind as Kind};

fn bytes(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/school").join(name);
    std::fs::read(path).expect("the fixture is in the tree")
}

fn timetable(profile: &str) -> (Vec<(String, Lesson)>, Report) {
    let profile = Profile::parse(profile).expect("a good profile");
    let mut report = Report::default();
    let planned = untis::read_timetable(&bytes("timetable/GPU001.TXT"), "1", &mut report);
    let changes = untis::read_substitutions(&bytes("timetable/GPU014.TXT"), "14", Shift::NONE, &mut report);
    let lessons = untis::plan(&profile, &planned, &Weeks::default(), &changes, ["1", "14"], &mut report);
    (lessons.into_iter().map(|one| (one.class, one.lesson)).collect(), report)
}

fn profile() -> String {
    String::from_utf8(bytes("school.toml")).expect("UTF-8")
}

fn on(class: &str, date: &str, period: u32) -> Vec<Lesson> {
    let lessons = timetable(&profile()).0.into_iter();
    let found =
        lessons.filter(|(of, one)| of == class && one.date.to_string() == date && one.period == period);
    found.map(|(_, lesson)| lesson).collect()
}

#[test]
fn a_lesson_takes_place_every_week_but_not_in_the_holidays() {
    let lessons = timetable(&profile()).0;
    let english: Vec<String> =
        lessons.iter().filter(|(class, _)| class == "7a").map(|(_, one)| one.date.to_string()).collect();
    assert_eq!(english, ["2026-09-11", "2026-09-18", "2026-10-02"], "25 September is a holiday");
    let maths = &on("7b", "2026-09-21", 1)[0];
    assert_eq!(maths.id.as_str(), "L7b-20260921-1-100-M");
    assert_eq!(
        (maths.start.to_string().as_str(), maths.end.hour_minute().as_str()),
        ("2026-09-21T07:50:00", "08:35")
    );
    assert_eq!(
        (maths.subject_name.as_str(), maths.teachers[0].as_str()),
        ("Mathematik", "Grü"),
        "ISO-8859-1"
    );
    assert_eq!(maths.change, None);
}

#[test]
fn coupled_rows_are_one_lesson_and_different_subjects_are_two() {
    let sport = on("7b", "2026-09-22", 1);
    assert_eq!(sport.len(), 1);
    assert_eq!(sport[0].teachers, ["Alb", "Bec"]);
    assert_eq!(sport[0].rooms, ["Halle; groß", "Halle 2"]);
    let subjects: Vec<String> = on("7b", "2026-09-23", 1).into_iter().map(|one| one.subject).collect();
    assert_eq!(subjects, ["F", "L"]);
}

#[test]
fn changes_are_laid_over_the_plan() {
    let change = |class: &str, date: &str, period: u32| on(class, date, period)[0].change.clone().unwrap();
    let instead = change("7b", "2026-09-07", 1);
    assert_eq!(instead.kind, Kind::Substitution);
    assert_eq!((instead.subject.as_deref(), instead.subject_name.as_deref()), (Some("Sp"), Some("Sport")));
    assert_eq!(
        (instead.teachers.unwrap(), instead.rooms.unwrap()),
        (vec!["Bec".to_owned()], vec!["Halle".to_owned()])
    );
    assert_eq!(instead.text, "mit Turnzeug");

    let room = change("7a", "2026-09-11", 2);
    assert_eq!((room.kind, room.teachers, room.rooms), (Kind::Room, None, Some(vec!["R 7".to_owned()])));
    assert_eq!(change("7b", "2026-09-14", 2).kind, Kind::Supervision);
    assert_eq!(change("7b", "2026-09-14", 1).kind, Kind::Cancelled, "for 7b, though 7c is unknown");

    let languages = on("7b", "2026-09-09", 1);
    assert_eq!(languages[0].change, None, "French takes place");
    assert_eq!(languages[1].change.as_ref().unwrap().kind, Kind::Cancelled, "bits 21 and 0");
}

#[test]
fn a_lesson_with_two_teachers_takes_place_until_both_are_away() {
    let one_away = on("7b", "2026-09-08", 1)[0].change.clone().unwrap();
    assert_eq!((one_away.kind, one_away.teachers), (Kind::Substitution, Some(vec!["Bec".to_owned()])));
    assert_eq!(on("7b", "2026-09-15", 1)[0].change.as_ref().unwrap().kind, Kind::Cancelled);
}

#[test]
fn a_moved_lesson_is_seen_at_both_ends() {
    let away = on("7b", "2026-09-10", 3)[0].change.clone().unwrap();
    assert_eq!((away.kind, away.other_period), (Kind::MovedAway, Some(1)));
    let here = &on("7b", "2026-09-10", 1)[0];
    assert_eq!(
        (here.subject.as_str(), &here.teachers[..], &here.rooms[..]),
        ("Ku", &["Loh".to_owned()][..], &["R 4".to_owned()][..])
    );
    let change = here.change.clone().unwrap();
    assert_eq!((change.kind, change.other_period), (Kind::MovedHere, Some(3)));
    assert_eq!(change.rooms, Some(vec!["R 9".to_owned()]));
}

#[test]
fn something_beyond_the_plan_is_a_lesson_of_its_own() {
    let project = &on("7b", "2026-09-16", 2)[0];
    assert_eq!((project.subject.as_str(), project.number), ("Ku", 0));
    assert_eq!(project.change.as_ref().unwrap().text, "Projekt");
}

#[test]
fn a_broken_row_does_not_cost_its_neighbours() {
    let report = timetable(&profile()).1;
    let places: Vec<String> = report
        .findings
        .iter()
        .map(|finding| format!("{}:{}", finding.path, finding.line.expect("a line")))
        .collect();
    assert_eq!(
        places,
        ["1:8", "1:12", "1:9", "1:11", "14:8", "14:9", "1:10", "14:10", "14:11", "14:12"],
        "{report}"
    );
    assert!(report.to_string().contains("14:9: error: column 2: \"20261399\" is no date such as 20260914"));
}

#[test]
fn neither_reason_nor_absent_teacher_is_shown_unless_the_profile_says_so() {
    let (lessons, _) = timetable(&profile());
    assert!(!format!("{lessons:?}").contains("krank"));
    assert!(!format!("{lessons:?}").contains("Geh"));
    let open = format!("{}\n[timetable]\nshow-absent-teachers = true\n", profile());
    assert!(format!("{:?}", timetable(&open).0).contains("Geh"));
}

#[test]
fn no_bytes_make_it_panic() {
    let profile = Profile::parse(&profile()).unwrap();
    let (plan, changes) = (bytes("timetable/GPU001.TXT"), bytes("timetable/GPU014.TXT"));
    let mut seed = 0x5851_f42d_4c95_7f2d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    for _ in 0..500 {
        let (mut plan, mut changes) = (plan.clone(), changes.clone());
        for file in [&mut plan, &mut changes] {
            for _ in 0..10 {
                let at = random(file.len());
                match random(2) {
                    0 => file[at] = b"0,;\"\r\n~9\xff"[random(9)],
                    _ => file.extend_from_within(at..(at + random(90)).min(file.len())),
                }
            }
        }
        let mut report = Report::default();
        let planned = untis::read_timetable(&plan, "1", &mut report);
        let rows = untis::read_substitutions(&changes, "14", Shift::NONE, &mut report);
        let _ = untis::plan(&profile, &planned, &Weeks::default(), &rows, ["1", "14"], &mut report);
    }
}

fn exports(files: &[(Export, &str)]) -> Exports {
    let file = |text: &str| ExportFile { path: "x".to_owned(), bytes: text.as_bytes().to_vec() };
    files.iter().map(|(kind, text)| (*kind, file(text))).collect()
}

const PLAN: &str = "1,\"7b\",\"Alb\",\"M\",\"101\",1,1,,\n2,\"7b\",\"Bec\",\"F\",\"102\",1,1,,\n";

#[test]
fn lessons_of_a_and_b_weeks_and_of_half_a_year_stand_where_they_are_held() {
    let profile = profile().replace("[year]", "[timetable]\nweek-groups = [\"A\", \"B\"]\n\n[year]");
    let profile = Profile::parse(&profile).expect("a good profile");
    let assigned = "1,1,1,1,\"7b\",\"Alb\",\"M\",\"101\",,,,\"B\",,,,\n\
                    2,1,1,1,\"7b\",\"Bec\",\"F\",\"102\",,,,,,,20260921,20260925\n";
    let mut report = Report::default();
    let files = exports(&[(Export::Plan, PLAN), (Export::Assignments, assigned)]);
    let lessons = untis::timetable(&profile, Shift::NONE, &files, &mut report);
    let held: Vec<String> =
        lessons.iter().map(|one| format!("{} {}", one.lesson.date, one.lesson.subject)).collect();
    assert_eq!(report.findings, [], "{report}");
    let first = profile.year.first.monday();
    for lesson in lessons.iter().filter(|one| one.lesson.subject == "M") {
        assert_eq!(lesson.lesson.date.days_since(first) / 7 % 2, 1, "only in B weeks: {held:?}");
    }
    assert!(held.contains(&"2026-09-21 F".to_owned()), "{held:?}");
    assert_eq!(held.iter().filter(|one| one.ends_with('F')).count(), 1, "{held:?}");
}

#[test]
fn a_course_is_the_lesson_of_those_who_have_chosen_it() {
    let profile = Profile::parse(&profile()).expect("a good profile");
    let chosen =
        "\"Sommer_Len_20130512\",2,\"F\",,\"7b\"\n\"Lange_Mia_20130101\",0,\"L\",,\"7b\"\n\"x\",y,,,\n";
    let mut report = Report::default();
    let files = exports(&[(Export::Plan, PLAN), (Export::Choices, chosen)]);
    let lessons = untis::timetable(&profile, Shift::NONE, &files, &mut report);
    assert!(lessons.iter().any(|one| one.lesson.subject == "M"));
    for one in &lessons {
        let who =
            one.students.as_ref().map(|students| students.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(who, (one.lesson.subject == "F").then(|| vec!["Sommer_Len_20130512"]));
    }
    assert_eq!(report.errors(), 1, "{report}");
}

#[test]
fn the_time_grid_of_untis_goes_before_the_profile_s() {
    let profile = Profile::parse(&profile()).expect("a good profile");
    let grid = "1,8,1,0800,0845\n2,8,1,0800,0845\n3,8,1,0900,0945\n1,8,2,1000,0945\n";
    let mut report = Report::default();
    let files = exports(&[(Export::Plan, PLAN), (Export::TimeGrid, grid)]);
    let lessons = untis::timetable(&profile, Shift::NONE, &files, &mut report);
    assert_eq!(lessons[0].lesson.start.hour_minute(), "08:00");
    let lines: Vec<_> = report.findings.iter().filter_map(|finding| finding.line).collect();
    assert_eq!(lines, [3, 4], "{report}");
}

#[test]
fn reasons_of_absences_go_before_a_file_is_kept() {
    let kept = Export::Substitutions.storable(&bytes("timetable/GPU014.TXT"));
    let (mut before, mut after) = (Report::default(), Report::default());
    let rows = untis::read_substitutions(&bytes("timetable/GPU014.TXT"), "14", Shift::NONE, &mut before);
    let again = untis::read_substitutions(&kept, "14", Shift::NONE, &mut after);
    let plain = |rows: Vec<untis::SubstitutionRow>| {
        rows.into_iter().map(|row| untis::SubstitutionRow { line: 0, ..row }).collect::<Vec<_>>()
    };
    assert_eq!(plain(again), plain(rows));
    let row = b"1,20260914,1,2,3,\"Alb\",\"Bec\",\"M\",,,,\"101\",,,\"7b\",\"Krank\",\"Text\",1,,\"C\",\n";
    let kept = String::from_utf8(Export::Substitutions.storable(row)).expect("UTF-8");
    assert!(kept.contains("Text") && !kept.contains("Krank"), "{kept}");
}
