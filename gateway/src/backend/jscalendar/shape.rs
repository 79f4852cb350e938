//! What each property of a JSCalendar object may hold.

use chrono_tz::Tz;
use serde::Deserialize as _;
use serde_json::{Value, json};
use tornister_protocol::time::LocalDateTime;

use crate::backend::{Refusal, moment::Moment};

/// The first moment that an entry may name.
pub const MIN_DATE_TIME: &str = "1900-01-01T00:00:00";
/// The last one.
pub const MAX_DATE_TIME: &str = "2199-12-31T23:59:59";
/// What a property may hold.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Flag,
    /// Up to this.
    Number(u64),
    Local,
    Utc,
    Duration,
    Zone,
    /// Keys that are in it, all true.
    Set,
    Map,
    List,
    OneOf(&'static [&'static str]),
}

use Shape::{Duration, Flag, List, Local, Map, Number, OneOf, Set, Text, Utc, Zone};

const ANY: u64 = (1 << 53) - 1;
const ORDER: u64 = (1 << 31) - 1;

/// The properties of events and tasks that are known here; others are kept as they are.
const SHAPES: &[(&str, Shape)] = &[
    ("uid", Text),
    ("relatedTo", Map),
    ("prodId", Text),
    ("created", Utc),
    ("updated", Utc),
    ("sequence", Number(ANY)),
    ("title", Text),
    ("description", Text),
    ("descriptionContentType", Text),
    ("showWithoutTime", Flag),
    ("locations", Map),
    ("virtualLocations", Map),
    ("links", Map),
    ("locale", Text),
    ("keywords", Set),
    ("categories", Set),
    ("color", Text),
    ("recurrenceId", Local),
    ("recurrenceIdTimeZone", Zone),
    ("recurrenceRules", List),
    ("excludedRecurrenceRules", List),
    ("recurrenceOverrides", Map),
    ("excluded", Flag),
    ("priority", Number(9)),
    ("freeBusyStatus", OneOf(&["free", "busy"])),
    ("privacy", OneOf(&["public", "private", "secret"])),
    ("replyTo", Map),
    ("participants", Map),
    ("useDefaultAlerts", Flag),
    ("alerts", Map),
    ("localizations", Map),
    ("timeZone", Zone),
    ("timeZones", Map),
    ("mayInviteSelf", Flag),
    ("mayInviteOthers", Flag),
    ("hideAttendees", Flag),
    ("isDraft", Flag),
    ("start", Local),
    ("duration", Duration),
    ("status", OneOf(&["confirmed", "cancelled", "tentative"])),
    ("calendarIds", Set),
    ("due", Local),
    ("estimatedDuration", Duration),
    ("percentComplete", Number(100)),
    ("progress", OneOf(&["needs-action", "in-process", "completed", "failed", "cancelled"])),
    ("progressUpdated", Utc),
    ("taskListId", Text),
    ("sortOrder", Number(ORDER)),
    ("workflowStatus", Text),
    ("estimatedWork", Number(ANY)),
    ("impact", Text),
    ("checklists", Map),
    ("comments", Map),
];

/// Whether a property is known here.
#[must_use]
pub fn is_known(name: &str) -> bool {
    SHAPES.iter().any(|(known, _)| *known == name)
}

/// Whether a text is a time such as an occurrence is named by.
#[must_use]
pub fn is_local(text: &str) -> bool {
    Local.fits(&json!(text))
}

/// Whether one property may hold this value.
///
/// # Errors
/// `invalidProperties`.
pub fn check_property(name: &str, value: &Value) -> Result<(), Refusal> {
    let Some((_, shape)) = SHAPES.iter().find(|(known, _)| *known == name) else { return Ok(()) };
    if shape.fits(value) { Ok(()) } else { Err(Refusal::property(name, shape.expected())) }
}

impl Shape {
    fn fits(self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Text => text.is_some(),
            Flag => value.is_boolean(),
            Number(most) => value.as_u64().is_some_and(|number| number <= most),
            Local => text.is_some_and(|text| {
                text.parse::<LocalDateTime>().is_ok() && (MIN_DATE_TIME..=MAX_DATE_TIME).contains(&text)
            }),
            Utc => Moment::deserialize(value).is_ok(),
            Duration => text.is_some_and(|text| {
                text.starts_with('P')
                    && text.len() > 2
                    && text.bytes().all(|b| b"PWDTHMS0123456789".contains(&b))
            }),
            Zone => text.is_some_and(|text| text.parse::<Tz>().is_ok()),
            Set => value.as_object().is_some_and(|set| set.values().all(|value| *value == json!(true))),
            Map => value.as_object().is_some_and(|map| {
                map.iter().all(|(id, value)| {
                    (1..=255).contains(&id.len()) && (value.is_object() || value.is_string())
                })
            }),
            List => value.as_array().is_some_and(|list| list.iter().all(Value::is_object)),
            OneOf(known) => text.is_some_and(|text| known.contains(&text)),
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Text => "expected a text",
            Flag => "expected true or false",
            Number(_) => "expected a whole number in its range",
            Local => "expected a time such as 2026-09-14T08:00:00, from 1900 to 2199",
            Utc => "expected a moment such as 2026-09-14T06:00:00Z",
            Duration => "expected a duration such as PT45M",
            Zone => "expected an IANA time zone such as Europe/Berlin",
            Set => "expected an object whose values are all true",
            Map => "expected an object of objects",
            List => "expected a list of objects",
            OneOf(_) => "none of the known values",
        }
    }
}
