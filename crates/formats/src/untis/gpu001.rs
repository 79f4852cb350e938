//! GPU001: the week's plan, a row for each coupled class, teacher and room.

use crate::{report::Report, rows};

/// One row of GPU001.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRow {
    /// Of the row in its file, counted from 1.
    pub line: usize,
    /// The lesson's number.
    pub number: u32,
    /// Such as `7b`.
    pub class: String,
    /// A short form; may be empty.
    pub teacher: String,
    /// A short form; may be empty.
    pub subject: String,
    /// May be empty.
    pub room: String,
    /// 1 is Monday.
    pub day: u32,
    /// As the time grid counts.
    pub period: u32,
}

/// Reads a GPU001. What cannot be read goes into the report under `path`.
pub fn read_timetable(bytes: &[u8], path: &str, report: &mut Report) -> Vec<PlannedRow> {
    let mut planned = Vec::new();
    for row in rows::read(bytes, 7, path, report) {
        let read = || -> Result<PlannedRow, String> {
            let (day, period) = (row.number(6)?, row.number(7)?);
            if !(1..=7).contains(&day) {
                return Err(format!("column 6: {day} is no day from 1 (Monday) to 7"));
            }
            Ok(PlannedRow {
                line: row.line,
                number: row.number(1)?,
                class: row.text(2).to_owned(),
                teacher: row.text(3).to_owned(),
                subject: row.text(4).to_owned(),
                room: row.text(5).to_owned(),
                day,
                period,
            })
        };
        match read() {
            // Rows without a class are duties of teachers.
            Ok(row) if row.class.is_empty() => {}
            Ok(row) => planned.push(row),
            Err(message) => report.error(path, Some(row.line), format!("{message}; the row is left out")),
        }
    }
    report.count(path, planned.len());
    planned
}
