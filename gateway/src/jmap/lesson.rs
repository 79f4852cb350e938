//! Lesson, a vendor type: one period of a timetable on one date.

use tornister_protocol::school::Lesson;

use super::standard::{Found, Served};

impl Served for Lesson {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "date",
        "period",
        "start",
        "end",
        "number",
        "subject",
        "subjectName",
        "teachers",
        "rooms",
        "change",
    ]);
}

impl Found for Lesson {
    const CONDITIONS: &'static [&'static str] = &["after", "before"];
}
