//! Moments in header fields.

use mail_parser::{DateTime, HeaderValue, parsers::MessageStream};
use tornister_protocol::time::UtcDate;

use super::{Header, header::unfolded};

/// The newest hop's moment; servers put their field on top, but clocks differ.
pub(super) fn received(headers: &[Header]) -> Option<UtcDate> {
    let hops = headers.iter().filter(|header| header.name.eq_ignore_ascii_case("Received"));
    hops.filter_map(|hop| match MessageStream::new(unfolded(&hop.value).as_bytes()).parse_received() {
        HeaderValue::Received(hop) => hop.date().filter(DateTime::is_valid),
        _ => None,
    })
    .map(utc)
    .max()
}

pub(super) fn utc(date: DateTime) -> UtcDate {
    UtcDate::from_unix_millis(date.to_timestamp().saturating_mul(1000))
}
