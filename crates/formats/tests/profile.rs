//! What an administrator is told about a `school.toml`.

use tornister_formats::profile::{Profile, Role};

const GOOD: &str = r#"name = "Gymnasium am Stadtwald"
time-zone = "Europe/Berlin"
mail-domain = "stadtwald.example"
anchor-week = 2026-09-14

[year]
first-day = 2026-08-13
last-day = "2027-07-21"

[[holiday]]
name = "Herbstferien"
first-day = 2026-10-12
last-day = 2026-10-24

[[period]]
number = 1
start = "07:50"
end = 08:35:00

[subjects]
M = "Mathematik"

[mail]
parents-information = ["Information für die Eltern"]

[timetable]
show-absent-teachers = true

[[user]]
login = "Lena.Sommer"
name = "Lena Sommer"
role = "pupil"
class = "7b"
password = "Igel-Ranzen"
"#;

fn refused(change: (&str, &str)) -> String {
    assert!(GOOD.contains(change.0), "the sample has {}", change.0);
    Profile::parse(&GOOD.replacen(change.0, change.1, 1)).expect_err("a mistake").to_string()
}

#[test]
fn a_profile_is_read() {
    let profile = Profile::parse(GOOD).unwrap();
    assert_eq!(profile.name, "Gymnasium am Stadtwald");
    assert_eq!(profile.time_zone, chrono_tz::Europe::Berlin);
    assert_eq!(profile.anchor_week.unwrap().to_string(), "2026-09-14");
    assert_eq!(profile.year.last.to_string(), "2027-07-21");
    assert_eq!(profile.holidays[0].name, "Herbstferien");
    assert_eq!(profile.periods[&1].end.to_string(), "08:35:00");
    assert_eq!(profile.subject_name("M"), "Mathematik");
    assert_eq!(profile.subject_name("Xy"), "Xy");
    assert!(profile.timetable.show_absent_teachers);
    let user = &profile.users[0];
    assert_eq!(
        (user.login.as_str(), user.role, user.class.as_deref()),
        ("lena.sommer", Role::Pupil, Some("7b"))
    );
    assert_eq!(user.password.as_ref().unwrap().reveal(), "Igel-Ranzen");
}

#[test]
fn a_password_is_never_shown() {
    let profile = Profile::parse(GOOD).unwrap();
    assert!(!format!("{profile:?}").contains("Igel"));
    assert!(!refused(("role = \"pupil\"", "role = \"pupil\"\npasword = \"Igel\"")).contains("Igel"));
    assert!(!refused(("\"Igel-Ranzen\"", "[\"Igel\"]")).contains("Igel"));
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_likely_one() {
    assert_eq!(
        refused(("show-absent-teachers", "show-absent-teacher")),
        "line 27: \"show-absent-teacher\" is not known here; did you mean \"show-absent-teachers\"?"
    );
    let far = refused(("M = \"Mathematik\"", "M = \"Mathematik\"\n[colours]\nM = \"red\""));
    assert!(
        far.starts_with("line 22: \"colours\" is not known here; remove it or write one of: name,"),
        "{far}"
    );
    let role = refused(("\"pupil\"", "\"pupils\""));
    assert_eq!(role, "line 32: \"pupils\" is not known here; did you mean \"pupil\"?");
}

#[test]
fn a_wrong_value_is_named_with_its_line_and_the_right_form() {
    for (change, expected) in [
        (
            ("Europe/Berlin", "Europe/Berln"),
            "line 2: time-zone: \"Europe/Berln\" is no zone; did you mean \"Europe/Berlin\"?",
        ),
        (("stadtwald.example", "@stadtwald"), "line 3: mail-domain: \"@stadtwald\" is no domain"),
        (
            ("[timetable]", "[passwort]\n[timetable]"),
            "line 26: \"passwort\" is not known here; did you mean \"password\"?",
        ),
        (
            ("[timetable]", "[password]\nmin-length = 3\n[timetable]"),
            "line 27: min-length: 3 is no length for passwords",
        ),
        (
            ("[timetable]", "[password]\nmust-contain = [\"digits\"]\n[timetable]"),
            "line 27: \"digits\" is not known here; did you mean \"digit\"?",
        ),
        (("number = 1", "number = \"eins\""), "line 16: number: invalid type: string \"eins\""),
        (("M = \"Mathematik\"", "M = 7"), "line 21: M: invalid type: integer `7`"),
        (("2026-09-14", "2026-09-15"), "line 4: anchor-week: 2026-09-15 is no Monday; write 2026-09-14"),
        (("\"2027-07-21\"", "\"21.7.2027\""), "line 8: \"21.7.2027\": a day is written 2026-09-14"),
        (("last-day = 2026-10-24", "last-day = 2026-10-04"), "line 10: last-day: 2026-10-04 is before"),
        (("\"07:50\"", "\"7.50\""), "line 17: \"7.50\": a time of day is written 07:50"),
        (("\"07:50\"", "\"09:50\""), "line 15: period 1 ends before it begins"),
        (("class = \"7b\"\n", ""), "line 29: lena.sommer is a pupil without a class"),
        (("Lena.Sommer", "../etc"), "line 29: login: \"../etc\" may have letters"),
        (("name = \"Gymnasium am Stadtwald\"\n", ""), "line 1: name is missing"),
        (("[year]", "[year"), "line 6: unclosed table"),
    ] {
        let message = refused(change);
        assert!(message.starts_with(expected), "{message}");
    }
}
