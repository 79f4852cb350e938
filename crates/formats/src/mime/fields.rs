//! Header fields in their parsed forms (RFC 8621 §4.1.2).

use mail_parser::{DateTime, HeaderName, HeaderValue, Message};
use tornister_protocol::{mail::EmailAddress, time::UtcDate};

fn last<'a>(message: &'a Message<'_>, name: &HeaderName<'_>) -> Option<&'a HeaderValue<'a>> {
    let found = message.headers().iter().rev().find(|header| header.name == *name);
    found.map(|header| &header.value)
}

/// The `Text` form.
pub(super) fn text(message: &Message<'_>, name: &HeaderName<'_>) -> Option<String> {
    last(message, name)?.as_text().map(|text| text.trim().to_owned())
}

/// The `Addresses` form: groups are opened.
pub(super) fn addresses(message: &Message<'_>, name: &HeaderName<'_>) -> Option<Vec<EmailAddress>> {
    let list = last(message, name)?.as_address()?.iter();
    let list = list.map(|address| EmailAddress {
        name: address.name().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned),
        email: address.address().unwrap_or_default().to_owned(),
    });
    Some(list.filter(|address| !address.email.is_empty() || address.name.is_some()).collect())
}

/// The `MessageIds` form.
pub(super) fn message_ids(message: &Message<'_>, name: &HeaderName<'_>) -> Option<Vec<String>> {
    match last(message, name)? {
        HeaderValue::Text(id) => Some(vec![id.clone().into_owned()]),
        HeaderValue::TextList(ids) => Some(ids.iter().map(|id| id.clone().into_owned()).collect()),
        _ => None,
    }
}

/// The `Date` form, where it is a day of the calendar.
pub(super) fn date(message: &Message<'_>, name: &HeaderName<'_>) -> Option<DateTime> {
    last(message, name)?.as_datetime().copied().filter(DateTime::is_valid)
}

/// The newest hop's moment; servers put their field on top, but clocks differ.
pub(super) fn received(message: &Message<'_>) -> Option<UtcDate> {
    let hops = message.header_values(HeaderName::Received);
    hops.filter_map(|hop| hop.as_received()?.date().filter(DateTime::is_valid)).map(utc).max()
}

pub(super) fn utc(date: DateTime) -> UtcDate {
    UtcDate::from_unix_millis(date.to_timestamp().saturating_mul(1000))
}
