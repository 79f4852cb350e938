//! GPU014: the changes. The reason of an absence (column 16) is personal and is never read.

use chrono::NaiveDate;
use tornister_protocol::time::LocalDate;

use crate::{
    report::Report,
    rows::{self, Row},
    shift::Shift,
};

/// One row of GPU014.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubstitutionRow {
    /// Of the row in its file, counted from 1.
    pub line: usize,
    /// Already shifted.
    pub date: LocalDate,
    /// As the time grid counts.
    pub period: u32,
    /// The lesson's number; 0 for something that is no lesson of the plan.
    pub number: u32,
    /// Who is away; shown only where the school's profile says so.
    pub absent_teacher: String,
    /// Who comes instead; may be empty.
    pub teachers: Vec<String>,
    /// As planned.
    pub subject: String,
    /// What is taught instead; may be empty.
    pub new_subject: String,
    /// As planned.
    pub rooms: Vec<String>,
    /// Where instead; may be empty.
    pub new_rooms: Vec<String>,
    /// Whom it concerns.
    pub classes: Vec<String>,
    /// For everybody.
    pub text: String,
    /// What happens.
    pub kind: SubstitutionKind,
}

/// What columns 18 and 20 say, as far as pupils have to tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubstitutionKind {
    /// Cancelled, or the class is away.
    Cancelled,
    /// Somebody else, perhaps something else.
    Substitution,
    /// Somebody only looks after the class.
    Supervision,
    /// Only the room differs.
    Room,
    /// Leaves this place.
    MovedAway,
    /// Comes to this place.
    MovedHere,
    /// Swapped with another: leaves where it is planned, comes where it is not.
    Swapped,
    /// An exam.
    Exam,
    /// A duty of its own.
    Other,
}

/// Reads a GPU014, its dates moved by `shift`. Break duties and what is not to be printed are left
/// out. What cannot be read goes into the report under `path`.
pub fn read_substitutions(
    bytes: &[u8],
    path: &str,
    shift: Shift,
    report: &mut Report,
) -> Vec<SubstitutionRow> {
    let mut found = Vec::new();
    for row in rows::read(bytes, 18, path, report) {
        match substitution(&row, shift) {
            Ok(substitution) => found.extend(substitution),
            Err(message) => report.error(path, Some(row.line), format!("{message}; the row is left out")),
        }
    }
    report.count(path, found.len());
    found
}

/// The column that holds the reason of an absence.
const REASON: usize = 16;

/// The same file without the reasons of absences; rows that cannot be taken apart are left out.
pub(super) fn without_reasons(bytes: &[u8]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows::read(bytes, 1, "", &mut Report::default()) {
        let fields = (1..=row.len()).map(|column| if column == REASON { "" } else { row.text(column) });
        // Writing into memory succeeds.
        let _ = writer.write_record(fields);
    }
    writer.into_inner().unwrap_or_default()
}

fn substitution(row: &Row, shift: Shift) -> Result<Option<SubstitutionRow>, String> {
    let written = row.text(2);
    let date = NaiveDate::parse_from_str(written, "%Y%m%d").ok().filter(|_| written.len() == 8);
    let date = date.ok_or_else(|| format!("column 2: \"{written}\" is no date such as 20260914"))?;
    let Some(kind) = kind(row.number(18)?, row.text(20)) else { return Ok(None) };
    let classes = if row.list(15).is_empty() { row.list(19) } else { row.list(15) };
    if classes.is_empty() {
        // A duty that concerns teachers only.
        return Ok(None);
    }
    Ok(Some(SubstitutionRow {
        line: row.line,
        date: shift.day(LocalDate(date)),
        period: row.number(3)?,
        number: row.number(5)?,
        absent_teacher: row.text(6).to_owned(),
        teachers: row.list(7),
        subject: row.text(8).to_owned(),
        new_subject: row.text(10).to_owned(),
        rooms: row.list(12),
        new_rooms: row.list(13),
        classes,
        text: row.text(17).to_owned(),
        kind,
    }))
}

/// `None` for what does not concern pupils.
fn kind(bits: u32, letter: &str) -> Option<SubstitutionKind> {
    use SubstitutionKind as Kind;
    let bit = |number: u32| bits & (1 << number) != 0;
    if bit(17) || bit(20) || letter == "B" {
        return None;
    }
    let by_bit = [
        (0, Kind::Cancelled),
        (18, Kind::Cancelled),
        (4, Kind::Cancelled),
        (3, Kind::MovedAway),
        (7, Kind::MovedHere),
        (1, Kind::Supervision),
        (2, Kind::Other),
        (16, Kind::Room),
    ];
    let by_letter = match letter {
        "C" | "L" => Kind::Cancelled,
        "F" => Kind::MovedAway,
        "T" => Kind::MovedHere,
        "W" => Kind::Swapped,
        "S" => Kind::Supervision,
        "A" => Kind::Other,
        "R" => Kind::Room,
        "E" => Kind::Exam,
        _ => Kind::Substitution,
    };
    let by_bit = by_bit.into_iter().find_map(|(number, kind)| bit(number).then_some(kind));
    Some(by_bit.filter(|_| by_letter != Kind::Exam).unwrap_or(by_letter))
}
