//! Dates in content lines: checked, and moved by whole weeks at the same wall-clock time.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use tornister_protocol::time::{LocalDate, LocalDateTime, UtcDate};

use super::lines::Line;
use crate::{shift::Shift, zone};

/// What a line's dates are about.
pub(super) enum Kind {
    /// Without it the component means something else or nothing.
    Essential,
    /// Bookkeeping, such as when it was written.
    Incidental,
}

/// Whether a line of this name holds dates.
pub(super) fn kind(name: &str) -> Option<Kind> {
    match name {
        "DTSTART" | "DTEND" | "DUE" | "RECURRENCE-ID" | "EXDATE" | "RDATE" | "RRULE" | "EXRULE" => {
            Some(Kind::Essential)
        }
        "COMPLETED" | "CREATED" | "LAST-MODIFIED" | "DTSTAMP" => Some(Kind::Incidental),
        _ => None,
    }
}

/// The line's value with all its dates moved; the text that is no date, where one is none.
pub(super) fn moved(line: &Line, zone: Tz, shift: Shift) -> Result<String, String> {
    if matches!(line.name.as_str(), "RRULE" | "EXRULE") {
        let parts = line.value.split(';').map(|part| match part.split_once('=') {
            Some((name, until)) if name.eq_ignore_ascii_case("UNTIL") => {
                Ok(format!("UNTIL={}", moved_date(until, zone, shift)?))
            }
            _ => Ok(part.to_owned()),
        });
        return Ok(parts.collect::<Result<Vec<_>, String>>()?.join(";"));
    }
    let dates = line.value.split(',').map(|date| match date.split_once('/') {
        Some((from, length)) if length.starts_with('P') => {
            Ok(format!("{}/{length}", moved_date(from, zone, shift)?))
        }
        Some((from, to)) => {
            Ok(format!("{}/{}", moved_date(from, zone, shift)?, moved_date(to, zone, shift)?))
        }
        None => moved_date(date, zone, shift),
    });
    Ok(dates.collect::<Result<Vec<_>, String>>()?.join(","))
}

fn moved_date(text: &str, zone: Tz, shift: Shift) -> Result<String, String> {
    let text = text.trim();
    let moved = || {
        if let Some(day) = date(text) {
            return Some(shift.day(day).0.format("%Y%m%d").to_string());
        }
        if let Some(utc) = text.strip_suffix('Z') {
            let local = zone::local(UtcDate(date_time(utc)?), zone);
            let moved = zone::utc(shift.date_time(local), zone);
            return Some(moved.0.format("%Y%m%dT%H%M%SZ").to_string());
        }
        let moved = shift.date_time(LocalDateTime(date_time(text)?));
        Some(moved.0.format("%Y%m%dT%H%M%S").to_string())
    };
    moved().ok_or_else(|| text.to_owned())
}

/// `YYYYMMDD`.
pub(super) fn date(text: &str) -> Option<LocalDate> {
    let is_date = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_date.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok())?.map(LocalDate)
}

/// `YYYYMMDDTHHMMSS`.
fn date_time(text: &str) -> Option<NaiveDateTime> {
    (text.len() == 15).then(|| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok())?
}
