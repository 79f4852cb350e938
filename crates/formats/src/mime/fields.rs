//! Moments in header fields.

use mail_parser::{DateTime, HeaderName, Message};
use tornister_protocol::time::UtcDate;

/// The newest hop's moment; servers put their field on top, but clocks differ.
pub(super) fn received(message: &Message<'_>) -> Option<UtcDate> {
    let hops = message.header_values(HeaderName::Received);
    hops.filter_map(|hop| hop.as_received()?.date().filter(DateTime::is_valid)).map(utc).max()
}

pub(super) fn utc(date: DateTime) -> UtcDate {
    UtcDate::from_unix_millis(date.to_timestamp().saturating_mul(1000))
}
