//! What time it is on this device: the only place that asks.

use chrono::NaiveDate;
use js_sys::Date;
use tornister_protocol::time::{LocalDateTime, UtcDate};

/// Now, as the device's clock on the wall shows it.
#[must_use]
pub fn local() -> LocalDateTime {
    to_local(&Date::new_0())
}

/// A moment as the device's clock on the wall showed it.
#[must_use]
pub fn local_of(moment: UtcDate) -> LocalDateTime {
    #[expect(clippy::cast_precision_loss, reason = "browsers count time in floating-point numbers")]
    let millis = moment.unix_millis() as f64;
    to_local(&Date::new(&millis.into()))
}

fn to_local(date: &Date) -> LocalDateTime {
    let year = i32::try_from(date.get_full_year()).unwrap_or_default();
    let day = NaiveDate::from_ymd_opt(year, date.get_month() + 1, date.get_date());
    let time = day.and_then(|day| day.and_hms_opt(date.get_hours(), date.get_minutes(), date.get_seconds()));
    LocalDateTime(time.unwrap_or_default())
}
