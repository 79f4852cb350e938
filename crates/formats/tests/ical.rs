//! What somebody's calendar shows, whatever the file looks like.

use chrono_tz::Europe::Berlin;
use serde_json::{Map, Value, json};
use tornister_formats::{
    ical::{self, Calendar},
    profile::Days,
    report::{Report, Severity},
    shift::Shift,
};
use tornister_protocol::time::LocalDate;

fn day(text: &str) -> LocalDate {
    text.parse().expect("a day")
}

fn year() -> Days {
    Days { first: day("2026-01-01"), last: day("2027-12-31") }
}

fn file(name: &str, shift: Shift) -> (Calendar, Report) {
    let path = format!("{}/tests/fixtures/calendar/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut report = Report::default();
    let bytes = std::fs::read(path).expect("the fixture is in the tree");
    (ical::read(&bytes, name, Berlin, shift, &mut report), report)
}

fn times(event: &Map<String, Value>, window: Days) -> Vec<String> {
    let found = ical::occurrences(event, Berlin, window).expect("a readable event");
    found
        .iter()
        .map(|one| {
            let title = one.title.as_deref().map(|title| format!(" {title}")).unwrap_or_default();
            format!("{} {}{title}", one.start, one.end)
        })
        .collect()
}

fn event(name: &str) -> Vec<String> {
    event_shifted(name, Shift::NONE)
}

fn event_shifted(name: &str, shift: Shift) -> Vec<String> {
    let (calendar, report) = file("series.ics", shift);
    assert!(report.findings.is_empty(), "{report}");
    let found = calendar.events.iter().find(|event| event.uid == name).expect("in the file");
    times(&found.properties, year())
}

#[test]
fn an_event_becomes_jscalendar() {
    let (calendar, report) = file("series.ics", Shift::NONE);
    assert_eq!(report.findings, []);
    assert_eq!(calendar.name.as_deref(), Some("Schule, Termine"));
    assert_eq!(calendar.color.as_deref(), Some("#2E7D32"));
    let choir = &calendar.events[0];
    assert_eq!((choir.uid.as_str(), choir.line), ("choir", 21));
    let choir = Value::Object(choir.properties.clone());
    assert_eq!(choir["@type"], "Event");
    assert_eq!(choir["title"], "Chor, groß");
    assert_eq!(choir["description"], "Bitte Noten\nmitbringen");
    assert_eq!(choir["start"], "2026-10-12T14:00:00");
    assert_eq!(choir["timeZone"], "Europe/Berlin");
    assert_eq!(choir["duration"], "PT1H30M");
    assert_eq!(choir["locations"].as_object().unwrap().values().next().unwrap()["name"], "Aula");
    let rule = json!([{"@type": "RecurrenceRule", "frequency": "weekly", "until": "2026-11-09T14:00:00"}]);
    assert_eq!(choir["recurrenceRules"], rule);
    assert_eq!(choir["recurrenceOverrides"]["2026-10-19T14:00:00"], json!({"excluded": true}));
    assert_eq!(choir.get("iCalendar"), None);
}

#[test]
fn a_task_becomes_jscalendar() {
    let (calendar, _) = file("series.ics", Shift::NONE);
    let task = Value::Object(calendar.tasks[0].properties.clone());
    assert_eq!(task["@type"], "Task");
    assert_eq!(task["start"], "2026-09-14T00:00:00");
    assert_eq!(task["due"], "2026-09-16T00:00:00");
    assert_eq!(task["showWithoutTime"], true);
    assert_eq!(task["progress"], "in-process");
    assert_eq!(task["percentComplete"], 40);
    assert_eq!(task["categories"], json!({"Mathematik": true}));
}

#[test]
fn a_task_is_due_by_the_schools_clocks() {
    let file = "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:t\r\nSUMMARY:Abgabe\r\nDUE:20261026T220000Z\r\nEND:VTODO\r\n\
        END:VCALENDAR\r\n";
    let calendar = ical::read(file.as_bytes(), "t.ics", Berlin, Shift::NONE, &mut Report::default());
    let task = &calendar.tasks[0].properties;
    assert_eq!(task["due"], "2026-10-26T23:00:00");
    assert_eq!(task["timeZone"], "Europe/Berlin");
}

#[test]
fn a_journal_becomes_a_note_for_a_day() {
    let (calendar, _) = file("series.ics", Shift::NONE);
    let note = &calendar.notes[0];
    assert_eq!((note.uid.as_str(), note.date, note.title.as_str()), ("hike", day("2026-09-14"), "Wandertag"));
    assert_eq!(note.text, "Alle gehen, auch die 5.");
}

#[test]
fn a_series_keeps_its_wall_clock_time_when_winter_time_begins() {
    assert_eq!(
        event("choir"),
        [
            "2026-10-12T14:00:00 2026-10-12T15:30:00",
            // 19 October is an EXDATE, the 20th an RDATE, the 26th was moved, 2 November is cancelled.
            "2026-10-20T14:00:00 2026-10-20T15:30:00",
            "2026-10-27T15:00:00 2026-10-27T16:30:00 Chor (Generalprobe)",
            "2026-11-09T14:00:00 2026-11-09T15:30:00",
        ]
    );
}

#[test]
fn whole_days_need_no_zone() {
    assert_eq!(event("trip"), ["2026-10-24T00:00:00 2026-10-27T00:00:00"]);
}

#[test]
fn utc_moves_on_the_wall_clock_when_summer_time_begins_and_floating_does_not() {
    assert_eq!(
        event("utc"),
        [
            "2026-03-28T07:00:00 2026-03-28T07:45:00",
            "2026-03-29T08:00:00 2026-03-29T08:45:00",
            "2026-03-30T08:00:00 2026-03-30T08:45:00",
        ]
    );
    assert_eq!(
        event("floating"),
        [
            "2026-03-28T07:00:00 2026-03-28T07:45:00",
            "2026-03-29T07:00:00 2026-03-29T07:45:00",
            "2026-03-30T07:00:00 2026-03-30T07:45:00",
        ]
    );
}

#[test]
fn a_time_that_the_clocks_skip_is_an_hour_later() {
    assert_eq!(
        event("night"),
        [
            "2026-03-28T02:30:00 2026-03-28T03:30:00",
            "2026-03-29T03:30:00 2026-03-29T04:30:00",
            "2026-03-30T02:30:00 2026-03-30T03:30:00",
        ]
    );
}

#[test]
fn an_event_in_the_hour_that_clocks_show_twice_does_not_end_before_it_begins() {
    assert_eq!(event("twice"), ["2026-10-25T02:30:00 2026-10-25T02:30:00"]);
}

#[test]
fn times_that_clocks_show_twice_or_never_are_not_lost() {
    assert_eq!(event("twice-local"), ["2026-10-25T02:30:00 2026-10-25T03:30:00"]);
    assert_eq!(event("into-twice"), ["2026-10-25T00:30:00 2026-10-25T02:30:00"]);
    assert_eq!(event("never"), ["2026-03-29T03:30:00 2026-03-29T04:30:00"]);
}

#[test]
fn a_zone_that_the_file_describes_itself_is_followed() {
    let found = event("own-zone");
    assert_eq!(found, ["2026-10-23T08:00:00 2026-10-23T09:00:00", "2026-10-30T08:00:00 2026-10-30T09:00:00"]);
}

#[test]
fn several_rules_add_up_and_excluding_ones_take_away() {
    let starts: Vec<String> = event("rules").iter().map(|one| one[..10].to_owned()).collect();
    // Mondays 7 September, 5 October, 2 November; Tuesdays 8, 15, 22. EXRULE: its start, the 7th, and
    // the first Tuesday of its every second week, the 8th.
    assert_eq!(starts, ["2026-09-15", "2026-09-22", "2026-10-05", "2026-11-02"]);
}

#[test]
fn a_shift_moves_everything_and_keeps_wall_clock_times() {
    let shift = Shift::to_week_of(day("2026-10-12"), day("2026-11-18"));
    assert_eq!(shift.days(), 35);
    assert_eq!(
        event_shifted("choir", shift),
        [
            "2026-11-16T14:00:00 2026-11-16T15:30:00",
            "2026-11-24T14:00:00 2026-11-24T15:30:00",
            "2026-12-01T15:00:00 2026-12-01T16:30:00 Chor (Generalprobe)",
            "2026-12-14T14:00:00 2026-12-14T15:30:00",
        ]
    );
    let into_summer = Shift::to_week_of(day("2026-03-23"), day("2026-06-03"));
    assert_eq!(event_shifted("utc", into_summer)[0], "2026-06-06T07:00:00 2026-06-06T07:45:00");
    let (calendar, _) = file("series.ics", shift);
    assert_eq!(calendar.notes[0].date, day("2026-10-19"));
}

#[test]
fn the_newer_single_rule_reads_as_the_list_does() {
    let rule = json!({"@type": "RecurrenceRule", "frequency": "weekly", "count": 3,
        "byDay": [{"@type": "NDay", "day": "mo"}, {"@type": "NDay", "day": "th"}]});
    let old = json!({"@type": "Event", "start": "2026-10-22T08:00:00", "timeZone": "Europe/Berlin",
        "duration": "PT45M", "recurrenceRules": [rule]});
    let new = json!({"@type": "Event", "start": "2026-10-22T08:00:00", "timeZone": "Europe/Berlin",
        "duration": "PT45M", "recurrenceRule": rule});
    let found = times(old.as_object().unwrap(), year());
    assert_eq!(found, times(new.as_object().unwrap(), year()));
    assert_eq!(
        found.iter().map(|one| &one[..16]).collect::<Vec<_>>(),
        ["2026-10-22T08:00", "2026-10-26T08:00", "2026-10-29T08:00"]
    );
}

#[test]
fn only_what_touches_the_window_is_told() {
    let event = json!({"start": "2026-09-14T00:00:00", "duration": "P2D", "showWithoutTime": true,
        "recurrenceRules": [{"frequency": "weekly"}]});
    let window = Days { first: day("2026-10-06"), last: day("2026-10-12") };
    let found = times(event.as_object().unwrap(), window);
    assert_eq!(found, ["2026-10-05T00:00:00 2026-10-07T00:00:00", "2026-10-12T00:00:00 2026-10-14T00:00:00"]);
    let window = Days { first: day("2026-10-07"), last: day("2026-10-11") };
    assert!(times(event.as_object().unwrap(), window).is_empty());
}

#[test]
fn a_series_without_sense_or_end_is_refused_and_takes_no_time() {
    for rule in [
        json!({"frequency": "secondly"}),
        json!({"frequency": "sometimes"}),
        json!({"frequency": "weekly", "byDay": [{"day": "xx"}]}),
        json!({"frequency": "monthly", "rscale": "hebrew"}),
        json!("weekly"),
    ] {
        let event = json!({"start": "2026-09-14T00:00:00", "recurrenceRules": [rule]});
        assert!(ical::occurrences(event.as_object().unwrap(), Berlin, year()).is_err(), "{event}");
    }
    let never = json!({"start": "2026-09-14T00:00:00",
        "recurrenceRules": [{"frequency": "yearly", "byMonth": ["2"], "byMonthDay": [30]}]});
    assert_eq!(times(never.as_object().unwrap(), year()).len(), 1);
}

#[test]
fn a_broken_event_does_not_cost_its_neighbours() {
    let (calendar, report) = file("broken.ics", Shift::NONE);
    let uids: Vec<&str> = calendar.events.iter().map(|event| event.uid.as_str()).collect();
    assert_eq!(uids, ["good-1", "good-2", "20260917T080000-Auf dem Mond"]);
    assert_eq!(calendar.events[2].properties["timeZone"], "Europe/Berlin");
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut lines: Vec<_> = errors.map(|finding| finding.line.unwrap()).collect();
    lines.sort_unstable();
    assert_eq!(lines, [10, 16, 19, 29, 33, 38, 46], "{report}");
    let warnings = report.findings.iter().filter(|finding| finding.severity == Severity::Warning);
    assert_eq!(warnings.map(|finding| finding.line.unwrap()).collect::<Vec<_>>(), [27, 42, 42], "{report}");
    assert!(report.to_string().contains("broken.ics:10: error: DTSTART: \"20261399T080000\" is no date"));
}

#[test]
fn no_bytes_make_it_panic() {
    let path = format!("{}/tests/fixtures/calendar/series.ics", env!("CARGO_MANIFEST_DIR"));
    let good = std::fs::read(path).unwrap();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    for _ in 0..400 {
        let mut damaged = good.clone();
        for _ in 0..=random(12) {
            let at = random(damaged.len());
            match random(3) {
                0 => damaged[at] = b" 0179:;=-,TZ\n\xffPRN"[random(16)],
                1 => drop(damaged.drain(at..(at + random(30)).min(damaged.len() - 1).max(at))),
                _ => damaged.extend_from_within(at..(at + random(300)).min(damaged.len())),
            }
        }
        let calendar = ical::read(&damaged, "x.ics", Berlin, Shift::NONE, &mut Report::default());
        for event in calendar.events {
            let _ = ical::occurrences(&event.properties, Berlin, year());
        }
    }
}
