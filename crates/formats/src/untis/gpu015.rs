//! GPU015: which pupil has chosen which course. A lesson that anybody has chosen is a course: those who have
//! not chosen it do not have it.

use crate::{report::Report, rows};

/// One row of GPU015.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceRow {
    /// Of the row in its file, counted from 1.
    pub line: usize,
    /// As Untis calls the pupil, such as `Sommer_Len_20130512`.
    pub student: String,
    /// The lesson's number.
    pub number: u32,
    /// A short form; may be empty.
    pub subject: String,
    /// The pupil's; may be empty.
    pub class: String,
}

/// Reads a GPU015. What cannot be read goes into the report under `path`.
pub fn read_choices(bytes: &[u8], path: &str, report: &mut Report) -> Vec<ChoiceRow> {
    let mut found = Vec::new();
    for row in rows::read(bytes, 3, path, report) {
        let student = row.text(1).to_owned();
        match row.number(2) {
            Ok(number) if number > 0 && !student.is_empty() => found.push(ChoiceRow {
                line: row.line,
                student,
                number,
                subject: row.text(3).to_owned(),
                class: row.text(5).to_owned(),
            }),
            // Wishes that became no lesson have no number.
            Ok(_) => {}
            Err(message) => report.error(path, Some(row.line), format!("{message}; the row is left out")),
        }
    }
    report.count(path, found.len());
    found
}
