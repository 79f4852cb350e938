//! TIME.TXT: the time grid, a row for each day of the week and period: day, number of periods, period,
//! beginning and end as HHMM.

use std::collections::BTreeMap;

use chrono::NaiveTime;

use crate::{profile::Period, report::Report, rows};

/// Reads a time grid. Where a period has other times on another day, those of its first row count. What
/// cannot be read goes into the report under `path`.
pub fn read_time_grid(bytes: &[u8], path: &str, report: &mut Report) -> BTreeMap<u32, Period> {
    let mut grid: BTreeMap<u32, Period> = BTreeMap::new();
    for row in rows::read(bytes, 5, path, report) {
        let read = || -> Result<(u32, Period), String> {
            let (start, end) = (time(row.text(4), 4)?, time(row.text(5), 5)?);
            if start >= end {
                return Err("the period ends before it begins".to_owned());
            }
            Ok((row.number(3)?, Period { start, end }))
        };
        match read() {
            Ok((number, period)) => {
                let known = *grid.entry(number).or_insert(period);
                if known != period {
                    let message = format!(
                        "period {number} has other times than above; it is shown from {} to {} on all days",
                        known.start.format("%H:%M"),
                        known.end.format("%H:%M")
                    );
                    report.warn(path, Some(row.line), message);
                }
            }
            Err(message) => report.error(path, Some(row.line), format!("{message}; the row is left out")),
        }
    }
    report.count(path, grid.len());
    grid
}

fn time(text: &str, column: usize) -> Result<NaiveTime, String> {
    let digits = format!("{:0>4}", text.replace(':', ""));
    let wrong = || format!("column {column}: \"{text}\" is no time such as 0750");
    NaiveTime::parse_from_str(&digits, "%H%M").map_err(|_| wrong())
}
