//! Calendars and their events: what `/get`, `/query` and `/set` take besides (draft-ietf-jmap-calendars).

use chrono_tz::Tz;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny},
};
use serde_json::Value;

use super::{Object, moment::Moment, series::zone_of};

/// Who the person is among the participants of an event.
#[derive(Debug)]
pub enum ParticipantIdentity {}

/// What `/get` of events and tasks takes besides.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TimeOptions {
    /// Only overrides of occurrences before this.
    pub recurrence_overrides_before: Option<Moment>,
    /// Only overrides of occurrences from here on.
    pub recurrence_overrides_after: Option<Moment>,
    /// Only owners and oneself.
    pub reduce_participants: bool,
    /// Of times that have none.
    #[serde(deserialize_with = "zone")]
    pub time_zone: Tz,
}

impl Default for TimeOptions {
    fn default() -> Self {
        Self {
            recurrence_overrides_before: None,
            recurrence_overrides_after: None,
            reduce_participants: false,
            time_zone: Tz::UTC,
        }
    }
}

/// What `CalendarEvent/query` takes besides.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventQueryOptions {
    /// Each occurrence by itself.
    pub expand_recurrences: bool,
    /// Of `after` and `before`.
    #[serde(deserialize_with = "zone")]
    pub time_zone: Tz,
}

impl Default for EventQueryOptions {
    fn default() -> Self {
        Self { expand_recurrences: false, time_zone: Tz::UTC }
    }
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(|_| D::Error::custom("expected an IANA time zone such as Europe/Berlin"))
}

/// The moment of an occurrence's name, for comparing it with others.
#[must_use]
pub fn recurrence_moment(event: &Object, id: &str) -> Option<Moment> {
    let time = id.parse().ok()?;
    Some(Moment(tornister_formats::zone::utc(time, zone_of(event).unwrap_or(Tz::UTC))))
}

/// Whether the person's account controls an event (draft-ietf-jmap-calendars §5): nobody is to be answered, or
/// the person is. `address` is the person's own.
#[must_use]
pub fn is_origin(event: &Object, address: &str) -> bool {
    let Some(Value::Object(methods)) = event.get("replyTo") else { return true };
    methods.values().any(|to| to.as_str().is_some_and(|to| to.eq_ignore_ascii_case(address)))
}

/// What `Calendar/set` takes besides (draft-ietf-jmap-calendars §4.3).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CalendarSetOptions {
    /// Events in a calendar do not protect it; what is nowhere else is destroyed with it.
    pub on_destroy_remove_events: bool,
    /// Becomes the default, where everything else was done.
    pub on_success_set_is_default: Option<String>,
}

/// What `/set` and `/copy` of events take besides (draft-ietf-jmap-calendars §5.8).
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventSetOptions {
    /// The participants shall hear of it.
    pub send_scheduling_messages: bool,
    /// Only `/copy` has it: what is there already is told in its own way (RFC 8620 §5.4).
    pub from_account_id: Option<IgnoredAny>,
}

/// What `ParticipantIdentity/set` takes besides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ParticipantSetOptions {
    /// Becomes the default, where everything else was done.
    pub on_success_set_is_default: Option<String>,
}
