//! A whole folder with mistakes of every kind: what is good is read, what is not is named.

use std::path::Path;

use tornister_formats::{
    report::Severity,
    school::{self, Owner, ReadError, School},
};
use tornister_protocol::time::LocalDate;

fn read() -> School {
    let today: LocalDate = "2026-11-18".parse().expect("a day");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/school");
    school::read_folder(&folder, today).expect("a readable school")
}

#[test]
fn what_is_good_is_read() {
    let school = read();
    let mails: Vec<&str> = school.mails.iter().map(|mail| mail.path.rsplit('/').next().unwrap()).collect();
    assert_eq!(mails, ["1.eml", "2-undated.eml", "4-cut.eml"]);
    let first = &school.mails[0];
    assert_eq!((first.login.as_str(), first.folder.as_str()), ("lena", "Inbox"));
    assert_eq!((first.seen, first.flagged, first.answered), (true, true, true));
    assert_eq!(first.received_at.to_string(), "2026-09-14T06:00:00Z", "a school without anchor week stays");
    assert!(!school.mails[1].seen);

    let calendar = &school.calendars[0];
    assert_eq!((&calendar.owner, calendar.name.as_str()), (&Owner::School, "termine"));
    assert_eq!(calendar.events.len(), 1);
    assert_eq!(calendar.events[0].occurrences[0].end.to_string(), "2026-09-15T00:00:00");
    assert_eq!(school.tasks[0].owner, Owner::Class("7b".to_owned()));
    assert_eq!(school.tasks[0].task["categories"]["Mathematik"], true);
    assert!(!school.lessons.is_empty());
}

#[test]
fn what_is_broken_is_named() {
    let report = read().report;
    let find = |path: &str, line: Option<usize>, severity: Severity, words: &str| {
        let found = report.findings.iter().find(|finding| finding.path == path && finding.line == line);
        let found = found.unwrap_or_else(|| panic!("{path} {line:?} in\n{report}"));
        assert_eq!(found.severity, severity, "{found}");
        assert!(found.message.contains(words), "{found}");
    };
    find("timetable/GPU001.TXT", Some(8), Severity::Error, "2 columns instead of 7");
    find("timetable/GPU014.TXT", Some(9), Severity::Error, "is no date");
    find("calendar/termine.ics", Some(8), Severity::Error, "too often");
    find("calendar/termine.ics", Some(16), Severity::Error, "is no date");
    find("calendar/notizen.txt", None, Severity::Warning, "not an .ics file");
    find("homework/9z.ics", None, Severity::Warning, "no pupil and no timetable knows a class 9z");
    find("users/lena/mail/Inbox/2-undated.eml", Some(3), Severity::Warning, "no date");
    find("users/lena/mail/Inbox/2-undated.eml", None, Severity::Warning, "the file's own time");
    find("users/lena/mail/Inbox/3-empty.eml", None, Severity::Error, "no mail");
    find("users/lena/mail/Inbox/4-cut.eml", None, Severity::Warning, "cut off");
    find("users/lena/mail/Drafts/notes.txt", None, Severity::Warning, "not an .eml file");
    find("users/ghost", None, Severity::Error, "no [[user]] with this login");
    assert_eq!(report.findings.len(), 20, "{report}");
    assert_eq!(report.records["timetable/GPU001.TXT"], 9);
    assert!(report.to_string().ends_with(" warnings"), "{report}");
}

#[test]
fn a_folder_that_is_no_school_is_refused_with_a_remedy() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let error = school::read_folder(&here, "2026-11-18".parse().unwrap()).expect_err("no school.toml");
    assert!(matches!(error, ReadError::Open { .. }));
    assert!(error.to_string().contains("Name the folder that holds school.toml"), "{error}");
}
