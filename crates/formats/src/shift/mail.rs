//! The dates in a mail's header, moved in place.

use chrono::{Offset as _, TimeZone as _};
use chrono_tz::Tz;
use mail_parser::DateTime;
use tornister_protocol::time::UtcDate;

use super::Shift;
use crate::zone;

pub(super) fn moved(raw: &[u8], shift: Shift, zone: Tz) -> Vec<u8> {
    let mut moved = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((field, after)) = field(rest) {
        match new_date(field, shift, zone) {
            Some((kept, date)) => {
                moved.extend_from_slice(field.get(..kept).unwrap_or_default());
                moved.extend_from_slice(date.as_bytes());
                moved.extend_from_slice(line_end(field));
            }
            None => moved.extend_from_slice(field),
        }
        rest = after;
    }
    moved.extend_from_slice(rest);
    moved
}

/// The next header field with its folded lines and line ends; `None` where the header ends.
fn field(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    if raw.is_empty() || raw.starts_with(b"\r\n") || raw.starts_with(b"\n") {
        return None;
    }
    let mut end = 0;
    loop {
        let rest = raw.get(end..)?;
        end += rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        if !matches!(raw.get(end), Some(b' ' | b'\t')) {
            return Some(raw.split_at(end));
        }
    }
}

fn line_end(field: &[u8]) -> &[u8] {
    let text = field.trim_ascii_end().len();
    field.get(text..).unwrap_or_default()
}

/// How many bytes of the field come before the date, and the new date.
fn new_date(field: &[u8], shift: Shift, zone: Tz) -> Option<(usize, String)> {
    let colon = field.iter().position(|&byte| byte == b':')?;
    let name = field.get(..colon)?.trim_ascii();
    let start = if name.eq_ignore_ascii_case(b"Date") {
        colon
    } else if name.eq_ignore_ascii_case(b"Received") {
        field.iter().rposition(|&byte| byte == b';')?
    } else {
        return None;
    };
    let value = std::str::from_utf8(field.get(start + 1..)?).ok()?;
    let date = DateTime::parse_rfc822(value).filter(DateTime::is_valid)?;
    let moment = UtcDate::from_unix_millis(date.to_timestamp().checked_mul(1000)?);
    let moment = zone::utc(shift.date_time(zone::local(moment, zone)), zone);
    let offset = zone.offset_from_utc_datetime(&moment.0).fix();
    let date = moment.0.and_utc().with_timezone(&offset).format("%a, %d %b %Y %H:%M:%S %z");
    let space = value.len() - value.trim_ascii_start().len();
    Some((start + 1 + space, date.to_string()))
}
