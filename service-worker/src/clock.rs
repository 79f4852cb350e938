//! What time it is on this device: the only place that asks.

use tornister_protocol::time::UtcDate;

/// Now. JMAP's dates have whole seconds.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "no clock shows a time beyond 2^63 milliseconds")]
pub fn utc() -> UtcDate {
    UtcDate::from_unix_millis(js_sys::Date::now() as i64 / 1_000 * 1_000)
}
