//! CalendarEvent (draft-ietf-jmap-calendars §5).

use serde_json::{Map, Value, json};
use tornister_protocol::{
    calendars::{CalendarEvent, OCCURRENCES},
    core::{MethodError, MethodErrorKind},
};

use super::entry;
use crate::{
    backend::{
        Object, Plan, Refusal, Wanted,
        calendar::{TimeOptions, is_origin},
        event_filter::{MAX_EXPANDED_DAYS, days_of, window},
    },
    jmap::{
        method::{error, invalid_arguments},
        standard::{Changed, Creating, Found, Served},
    },
};

impl Served for CalendarEvent {
    const PROPERTIES: Option<&'static [&'static str]> = None;

    fn options(arguments: &Map<String, Value>) -> Result<TimeOptions, MethodError> {
        entry::options(arguments)
    }

    fn present(object: &mut Object, wanted: &Wanted<Self>, address: &str) {
        let is_origin = is_origin(object, address);
        object.insert("isOrigin".to_owned(), json!(is_origin));
        entry::present(object, wanted.properties.as_deref(), &wanted.options, address);
    }
}

impl Found for CalendarEvent {
    const CONDITIONS: &'static [&'static str] = &[
        "inCalendars",
        "after",
        "before",
        "text",
        "title",
        "description",
        "location",
        "owner",
        "attendee",
        "participationStatus",
        "uid",
    ];

    fn check(plan: &Plan<Self>) -> Result<(), MethodError> {
        if !plan.options.expand_recurrences {
            return Ok(());
        }
        let bounds = window(plan.filter.as_ref()).ok_or_else(|| {
            let description = "'expandRecurrences' needs a filter with 'after' and 'before', and no operator";
            invalid_arguments(description.to_owned())
        })?;
        if days_of(bounds) > MAX_EXPANDED_DAYS {
            let description = format!("at most {MAX_EXPANDED_DAYS} days are expanded at once");
            return Err(error(MethodErrorKind::CannotCalculateOccurrences, description));
        }
        Ok(())
    }

    /// An occurrence that is gone cannot be named any more.
    fn can_calculate_changes(plan: &Plan<Self>) -> bool {
        !plan.options.expand_recurrences
    }
}

impl Changed for CalendarEvent {
    const SERVER_SET: &'static [&'static str] = &["id", "baseEventId", "isOrigin", OCCURRENCES];
    const IMMUTABLE: &'static [&'static str] = &["uid"];
    const REFERENCES: &'static [&'static str] = &["calendarIds"];

    async fn create(_: &Creating<'_>, object: Object) -> Result<Result<Object, Refusal>, MethodError> {
        Ok(entry::one_time(&object).map(|()| object))
    }

    fn update(patch: &Map<String, Value>) -> Result<Object, Refusal> {
        entry::one_time(patch).map(|()| patch.clone())
    }
}
