//! Rows of fields with their line numbers, as Untis and spreadsheets export them. Each line is read alone:
//! no such text has line breaks, and so a quotation mark too many costs one row, not the rest of the file.

use crate::{report::Report, text};

/// One row. Columns count from 1, as in the description of the format.
pub(crate) struct Row {
    pub(crate) line: usize,
    fields: Vec<String>,
}

impl Row {
    /// How many fields there are.
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The field, trimmed; empty where the row is shorter.
    pub(crate) fn text(&self, column: usize) -> &str {
        self.fields.get(column - 1).map_or("", |field| field.trim())
    }

    /// The number in this column; an empty one is 0.
    pub(crate) fn number(&self, column: usize) -> Result<u32, String> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(0);
        }
        text.parse().map_err(|_| format!("column {column}: \"{text}\" is no number"))
    }

    /// The parts of a field that `~` separates.
    pub(crate) fn list(&self, column: usize) -> Vec<String> {
        self.text(column)
            .split('~')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// All rows with at least `columns` fields; the others go into the report.
pub(crate) fn read(bytes: &[u8], columns: usize, path: &str, report: &mut Report) -> Vec<Row> {
    let text = text::decode(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = text.lines().find(|line| !line.trim().is_empty()).map_or(b',', delimiter);
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if line.trim().is_empty() {
            continue;
        }
        if line.matches('"').count() % 2 == 1 {
            report.error(path, Some(number), "a quotation mark is missing or too many; the row is left out");
            continue;
        }
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
        let fields: Vec<String> = match reader.records().next() {
            Some(Ok(record)) => record.iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        if fields.len() < columns {
            let message = format!(
                "{} columns instead of {columns} or more; the row is left out. Export the file again",
                fields.len()
            );
            report.error(path, Some(number), message);
            continue;
        }
        rows.push(Row { line: number, fields });
    }
    rows
}

/// The comma, the semicolon or the tabulator, whichever stands most often outside of quotation marks.
fn delimiter(line: &str) -> u8 {
    let outside: String = line.split('"').step_by(2).collect();
    let count = |separator: &u8| outside.bytes().filter(|byte| byte == separator).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}
