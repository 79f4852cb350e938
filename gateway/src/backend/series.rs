//! Series and their occurrences, each of which has an id of its own while a client asks for it
//! (draft-ietf-jmap-calendars §5.4).

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde_json::{Value, json};
use tornister_formats::{
    ical::{self, SeriesError},
    profile::Days,
};
use tornister_protocol::{calendars::OCCURRENCES, time::LocalDateTime};

use super::{Object, patch, select::text};

const ID_FORMAT: &str = "%Y%m%dT%H%M%S";
const ID_LENGTH: usize = 15;
/// What makes an event a series.
const RULES: [&str; 5] = [
    "recurrenceRules",
    "recurrenceRule",
    "recurrenceOverrides",
    "excludedRecurrenceRules",
    "excludedRecurrenceRule",
];

/// Whether there may be more than one occurrence.
#[must_use]
pub fn is_series(event: &Object) -> bool {
    RULES.iter().any(|name| event.get(*name).is_some_and(|rules| !rules.is_null()))
}

/// The id of one occurrence.
#[must_use]
pub fn instance_id(base: &str, recurrence_id: LocalDateTime) -> String {
    format!("{base}_{}", recurrence_id.0.format(ID_FORMAT))
}

/// The series and the occurrence that an id names, where it names one.
#[must_use]
pub fn split_id(id: &str) -> Option<(&str, LocalDateTime)> {
    let (base, time) = id.rsplit_once('_')?;
    let time = (time.len() == ID_LENGTH).then(|| NaiveDateTime::parse_from_str(time, ID_FORMAT).ok())??;
    Some((base, LocalDateTime(time)))
}

/// The zone of an event's times; none where they float.
#[must_use]
pub fn zone_of(event: &Object) -> Option<Tz> {
    text(event, "timeZone").parse().ok()
}

/// One occurrence as an event of its own, where the series has it.
#[must_use]
pub fn instance(event: &Object, recurrence_id: LocalDateTime) -> Option<Object> {
    let overridden = event.get("recurrenceOverrides").and_then(|all| all.get(recurrence_id.to_string()));
    let exists = match overridden {
        Some(patch) => patch.get("excluded") != Some(&Value::Bool(true)),
        None => {
            let day = recurrence_id.date();
            let window = Days { first: day.plus_days(-1), last: day.plus_days(1) };
            let found = ical::instances(event, zone_of(event).unwrap_or(Tz::UTC), window).ok()?;
            found.iter().any(|instance| instance.recurrence_id == recurrence_id)
        }
    };
    (exists && is_series(event)).then(|| resolved(event, recurrence_id))
}

/// All occurrences that touch a window, as events of their own; an event that does not recur is itself.
/// Times without a zone are of `floating`, and so is the window.
///
/// # Errors
/// Where there are too many.
pub fn expanded(event: Object, floating: Tz, window: Days) -> Result<Vec<Object>, SeriesError> {
    if !is_series(&event) {
        return Ok(vec![event]);
    }
    let instances = ical::instances(&event, floating, window)?;
    Ok(instances.into_iter().map(|instance| resolved(&event, instance.recurrence_id)).collect())
}

fn resolved(event: &Object, recurrence_id: LocalDateTime) -> Object {
    let mut object = event.clone();
    let overrides = object.remove("recurrenceOverrides");
    for name in RULES.iter().chain(&[OCCURRENCES]) {
        object.remove(*name);
    }
    object.insert("start".to_owned(), json!(recurrence_id));
    object.insert("recurrenceId".to_owned(), json!(recurrence_id));
    object.insert("recurrenceIdTimeZone".to_owned(), event.get("timeZone").cloned().unwrap_or_default());
    let overrides = overrides.as_ref().and_then(|all| all.get(recurrence_id.to_string()));
    for (path, value) in overrides.and_then(Value::as_object).into_iter().flatten() {
        // A path that leads nowhere changes nothing (RFC 8984 §1.4.9).
        let one = Object::from_iter([(path.clone(), value.clone())]);
        if patch::apply(&mut object, &one).is_err() {
            continue;
        }
    }
    let base = text(event, "id");
    object.insert("baseEventId".to_owned(), json!(base));
    object.insert("id".to_owned(), json!(instance_id(base, recurrence_id)));
    for name in ["recurrenceRules", "recurrenceOverrides"] {
        object.insert(name.to_owned(), Value::Null);
    }
    object
}
