//! What events and tasks have in common: their properties are open, some are reckoned when they are asked
//! for (draft-ietf-jmap-calendars §5.6).

use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use tornister_formats::{ical, zone};
use tornister_protocol::{core::MethodError, time::LocalDateTime};

use crate::{
    backend::{
        Object, Refusal,
        calendar::{TimeOptions, recurrence_moment},
        jscalendar::default_of,
        select::text,
        series::zone_of,
    },
    jmap::method::invalid_arguments,
};

/// What is only told on request.
const RECKONED: [&str; 3] = ["utcStart", "utcEnd", "utcDue"];

/// Reads what `/get` takes besides.
pub fn options(arguments: &Map<String, Value>) -> Result<TimeOptions, MethodError> {
    let wanted: Vec<&str> = arguments
        .get("properties")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if wanted.contains(&"recurrenceOverrides") && wanted.iter().any(|name| RECKONED.contains(name)) {
        let description = "'recurrenceOverrides' means nothing beside moments in UTC; ask for one of the two";
        return Err(invalid_arguments(description.to_owned()));
    }
    TimeOptions::deserialize(arguments).map_err(|reason| invalid_arguments(reason.to_string()))
}

/// Makes a stored entry what a client asked for. `identities` are the person's own addresses.
pub fn present(object: &mut Object, properties: Option<&[String]>, options: &TimeOptions, address: &str) {
    object.entry("isDraft").or_insert(json!(false));
    let from = options.recurrence_overrides_after;
    let to = options.recurrence_overrides_before;
    if from.is_some() || to.is_some() {
        let event = object.clone();
        if let Some(overrides) = object.get_mut("recurrenceOverrides").and_then(Value::as_object_mut) {
            overrides.retain(|id, _| {
                let at = recurrence_moment(&event, id);
                from.is_none_or(|from| at.is_some_and(|at| at >= from))
                    && to.is_none_or(|to| at.is_some_and(|at| at < to))
            });
        }
    }
    if options.reduce_participants {
        reduce(object, address);
    }
    for name in properties.unwrap_or_default() {
        if !object.contains_key(name) {
            let value = if RECKONED.contains(&name.as_str()) {
                Some(moment(object, name, options))
            } else {
                default_of(name)
            };
            object.extend(value.map(|value| (name.clone(), value)));
        }
    }
}

fn moment(object: &Object, name: &str, options: &TimeOptions) -> Value {
    if name == "utcEnd" {
        return ical::span(object, options.time_zone).map_or(Value::Null, |(_, end)| json!(end));
    }
    let local = if name == "utcDue" { "due" } else { "start" };
    let local: Option<LocalDateTime> = text(object, local).parse().ok();
    let own = zone_of(object).unwrap_or(options.time_zone);
    local.map_or(Value::Null, |local| json!(zone::utc(local, own)))
}

/// Leaves owners and the person.
fn reduce(object: &mut Object, address: &str) {
    let stays = |person: &Value| {
        person["roles"]["owner"] == true || text_of(person, "scheduleId").eq_ignore_ascii_case(address)
    };
    if let Some(Value::Object(participants)) = object.get_mut("participants") {
        participants.retain(|_, person| stays(person));
    }
    let Some(Value::Object(overrides)) = object.get_mut("recurrenceOverrides") else { return };
    for patch in overrides.values_mut() {
        if let Some(Value::Object(participants)) = patch.get_mut("participants") {
            participants.retain(|_, person| stays(person));
        }
    }
}

fn text_of<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A time is told either in UTC or in the entry's zone.
pub fn one_time(object: &Object) -> Result<(), Refusal> {
    for (utc, local) in [("utcStart", "start"), ("utcEnd", "duration"), ("utcDue", "due")] {
        if object.contains_key(utc) && object.contains_key(local) {
            return Err(Refusal::property(utc, &format!("either this or '{local}'")));
        }
    }
    Ok(())
}
