//! Wall-clock times and moments, both ways.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate, Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use tornister_protocol::time::{LocalDateTime, UtcDate};

/// What the clocks in `zone` show at this moment.
#[must_use]
pub fn local(moment: UtcDate, zone: Tz) -> LocalDateTime {
    LocalDateTime(zone.from_utc_datetime(&moment.0).naive_local())
}

/// When the clocks in `zone` show this. A time that they show twice is the earlier one; one that they
/// skip is counted with the offset before the gap (RFC 5545 §3.3.5).
#[must_use]
pub fn utc(time: LocalDateTime, zone: Tz) -> UtcDate {
    if let Some(moment) = zone.from_local_datetime(&time.0).earliest() {
        return UtcDate(moment.naive_utc());
    }
    let before = time.0.checked_sub_signed(TimeDelta::days(1)).unwrap_or(time.0);
    let offset = zone.offset_from_utc_datetime(&before).fix().local_minus_utc();
    let moment = time.0.checked_sub_signed(TimeDelta::seconds(i64::from(offset)));
    UtcDate(moment.unwrap_or(time.0))
}

/// The offsets from UTC, in seconds, that `zone` has in the middle of the winter and of the summer of
/// this time's year.
pub(crate) fn offsets(zone: Tz, time: LocalDateTime) -> BTreeSet<i32> {
    let middles = [1, 7].into_iter().filter_map(|month| NaiveDate::from_ymd_opt(time.0.year(), month, 15));
    middles.map(|day| zone.offset_from_utc_date(&day).fix().local_minus_utc()).collect()
}
