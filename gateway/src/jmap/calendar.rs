//! Calendar and CalendarEvent (draft-ietf-jmap-calendars §4, §5).

use tornister_protocol::calendars::{Calendar, CalendarEvent};

use super::standard::{Found, Served};

impl Served for Calendar {
    const PROPERTIES: Option<&'static [&'static str]> =
        Some(&["id", "name", "color", "sortOrder", "isVisible", "isSubscribed"]);
}

impl Served for CalendarEvent {
    const PROPERTIES: Option<&'static [&'static str]> = None;
}

impl Found for CalendarEvent {
    const CONDITIONS: &'static [&'static str] = &[];
}
