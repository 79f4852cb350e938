//! GPU002: the lessons as they were assigned. The plan (GPU001) lacks two things that stand here: from when
//! to when a lesson is held, and in which weeks where weeks differ (A and B).

use chrono::NaiveDate;
use tornister_protocol::time::LocalDate;

use crate::{
    report::Report,
    rows::{self, Row},
    shift::Shift,
};

/// One row of GPU002.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedRow {
    /// Of the row in its file, counted from 1.
    pub line: usize,
    /// The lesson's number.
    pub number: u32,
    /// Such as `7b`.
    pub class: String,
    /// A short form.
    pub subject: String,
    /// The lesson group, such as `A`; may be empty.
    pub group: String,
    /// The first day; none where it begins with the year. Already shifted.
    pub first: Option<LocalDate>,
    /// The last day; none where it ends with the year. Already shifted.
    pub last: Option<LocalDate>,
}

/// Reads a GPU002, its dates moved by `shift`. What cannot be read goes into the report under `path`.
pub fn read_assignments(bytes: &[u8], path: &str, shift: Shift, report: &mut Report) -> Vec<AssignedRow> {
    let mut found = Vec::new();
    for row in rows::read(bytes, 7, path, report) {
        let read = || -> Result<AssignedRow, String> {
            Ok(AssignedRow {
                line: row.line,
                number: row.number(1)?,
                class: row.text(5).to_owned(),
                subject: row.text(7).to_owned(),
                group: row.text(12).to_owned(),
                first: day(&row, 15)?.map(|day| shift.day(day)),
                last: day(&row, 16)?.map(|day| shift.day(day)),
            })
        };
        match read() {
            Ok(row) => found.push(row),
            Err(message) => report.error(path, Some(row.line), format!("{message}; the row is left out")),
        }
    }
    report.count(path, found.len());
    found
}

fn day(row: &Row, column: usize) -> Result<Option<LocalDate>, String> {
    let written = row.text(column);
    if written.is_empty() || written == "0" {
        return Ok(None);
    }
    let day = NaiveDate::parse_from_str(written, "%Y%m%d").ok().filter(|_| written.len() == 8);
    day.map(|day| Some(LocalDate(day)))
        .ok_or_else(|| format!("column {column}: \"{written}\" is no date such as 20260914"))
}
