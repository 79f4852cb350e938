//! CalendarEvent/query (draft-ietf-jmap-calendars §5.10): conditions, orders, occurrences one by one.

use std::cmp::Ordering;

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::Value;
use tornister_formats::{ical, profile::Days};
use tornister_protocol::{calendars::CalendarEvent, time::LocalDateTime};

use super::{
    BackendError, Filter, Object, Plan,
    calendar::EventQueryOptions,
    select::{Selectable, order, passes, text},
    series::expanded,
    words::{Term, terms, words},
};

/// More days than this are not expanded at once: a school year and what is around it.
pub const MAX_EXPANDED_DAYS: i64 = 53 * 7;
/// More occurrences than this are not answered at once.
const MAX_OCCURRENCES: usize = 10_000;
/// So far a series is looked at for an occurrence beyond a moment.
const FAR_DAYS: i64 = 10 * 366;

/// A FilterCondition (draft-ietf-jmap-calendars §5.10); all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the draft describes each under this name")]
pub struct EventCondition {
    pub in_calendars: Option<Vec<String>>,
    pub after: Option<LocalDateTime>,
    pub before: Option<LocalDateTime>,
    pub text: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub location: Option<String>,
    pub owner: Option<String>,
    pub attendee: Option<String>,
    pub participation_status: Option<String>,
    pub uid: Option<String>,
}

impl Selectable for CalendarEvent {
    const SORTS: &'static [&'static str] = &["start", "uid", "recurrenceId", "created", "updated"];

    fn holds(condition: &EventCondition, event: &Object, options: &EventQueryOptions) -> bool {
        let zone = options.time_zone;
        let found = |wanted: &Option<String>, names: &[&str]| {
            wanted.as_ref().is_none_or(|wanted| is_found(wanted, &texts(event, names)))
        };
        in_any(event, "calendarIds", condition.in_calendars.as_deref())
            && condition.uid.as_ref().is_none_or(|uid| uid == text(event, "uid"))
            && found(&condition.title, &["title"])
            && found(&condition.description, &["description"])
            && found(&condition.location, &["locations", "virtualLocations"])
            && found(&condition.text, &SEARCHED)
            && participates(condition, event)
            && condition.after.is_none_or(|after| ends_after(event, after, zone))
            && condition.before.is_none_or(|before| starts_before(event, before, zone))
    }

    fn needed_terms(filter: &Filter<EventCondition>) -> Vec<Term> {
        let wanted = filter.needed().into_iter().flat_map(
            |EventCondition { text, title, description, location, owner, attendee, .. }| {
                [text, title, description, location, owner, attendee]
            },
        );
        wanted.flatten().flat_map(|wanted| terms(wanted)).collect()
    }

    fn compare(property: &str, a: &Object, b: &Object) -> Ordering {
        if property != "start" {
            return text(a, property).cmp(text(b, property));
        }
        let start = |event: &Object| ical::span(event, Tz::UTC).map(|(start, _)| start).ok();
        start(a).cmp(&start(b))
    }

    fn arrange(plan: &Plan<Self>, list: Vec<Object>) -> Result<Vec<Object>, BackendError> {
        let mut list = if plan.options.expand_recurrences { expand(plan, list)? } else { list };
        list.retain(|event| passes(plan, event));
        list.sort_by(|a, b| order(plan, a, b));
        Ok(list)
    }
}

/// What a search looks at, also in occurrences that differ.
const SEARCHED: [&str; 9] = [
    "title",
    "description",
    "locations",
    "virtualLocations",
    "participants",
    "categories",
    "keywords",
    "comments",
    "checklists",
];

/// All that a search looks at in an entry.
#[must_use]
pub fn searched_texts(object: &Object) -> Vec<&str> {
    texts(object, &SEARCHED)
}

/// Whether an entry is in one of these collections.
pub(super) fn in_any(object: &Object, property: &str, wanted: Option<&[String]>) -> bool {
    let Some(wanted) = wanted else { return true };
    match object.get(property) {
        Some(Value::Object(ids)) => wanted.iter().any(|id| ids.contains_key(id)),
        Some(Value::String(id)) => wanted.contains(id),
        _ => false,
    }
}

/// Whether an entry has what somebody looks for.
pub(super) fn is_found_in(wanted: Option<&String>, object: &Object) -> bool {
    wanted.is_none_or(|wanted| is_found(wanted, &searched_texts(object)))
}

/// Whether all terms are in any of the texts.
fn is_found(wanted: &str, texts: &[&str]) -> bool {
    let terms: Vec<Term> = terms(wanted);
    let texts: Vec<_> = texts.iter().map(|text| words(text)).collect();
    terms.iter().all(|term| texts.iter().any(|words| term.is_in(words)))
}

/// The texts of these properties, and of what overrides them in single occurrences.
pub(super) fn texts<'o>(object: &'o Object, names: &[&str]) -> Vec<&'o str> {
    let mut found = Vec::new();
    let overrides = object.get("recurrenceOverrides").and_then(Value::as_object);
    let patches = overrides.into_iter().flat_map(|all| all.values().filter_map(Value::as_object));
    for properties in std::iter::once(object).chain(patches) {
        for (path, value) in properties {
            if names.contains(&path.split('/').next().unwrap_or_default()) {
                collect(value, &mut found);
            }
        }
    }
    found
}

/// Of an object's members those that people read; of a set its names.
fn collect<'o>(value: &'o Value, found: &mut Vec<&'o str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::Bool(true) => found.push(name),
                    Value::String(_)
                        if !["name", "description", "email", "title", "message"].contains(&name.as_str()) => {
                    }
                    value => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

/// The conditions about people; a status is that of the owner or attendee who was looked for.
fn participates(condition: &EventCondition, event: &Object) -> bool {
    let EventCondition { owner, attendee, participation_status, .. } = condition;
    if owner.is_none() && attendee.is_none() && participation_status.is_none() {
        return true;
    }
    let participants = event.get("participants").and_then(Value::as_object);
    let participants: Vec<&Object> =
        participants.into_iter().flat_map(|all| all.values().filter_map(Value::as_object)).collect();
    let has_status = |person: &Object| {
        let status = person.get("participationStatus").and_then(Value::as_str).unwrap_or("needs-action");
        participation_status.as_ref().is_none_or(|wanted| wanted == status)
    };
    let is_there = |wanted: &Option<String>, role: &str| {
        wanted.as_ref().is_none_or(|wanted| {
            participants.iter().any(|person| {
                let has_role = person.get("roles").is_some_and(|roles| roles.get(role).is_some());
                has_role && has_status(person) && is_found(wanted, &texts(person, &["name", "email"]))
            })
        })
    };
    is_there(owner, "owner")
        && is_there(attendee, "attendee")
        && (owner.is_some() || attendee.is_some() || participants.iter().any(|person| has_status(person)))
}

/// Whether an occurrence ends after this.
fn ends_after(event: &Object, after: LocalDateTime, floating: Tz) -> bool {
    let window = Days { first: after.date(), last: after.date().plus_days(FAR_DAYS) };
    match ical::instances(event, floating, window) {
        Ok(found) => found.iter().any(|instance| instance.occurrence.end > after),
        // So many that one of them is.
        Err(_) => true,
    }
}

/// Whether an occurrence starts before this.
fn starts_before(event: &Object, before: LocalDateTime, floating: Tz) -> bool {
    let start = text(event, "start").parse().map_or(before.date(), LocalDateTime::date);
    // Also where an exception moved the first one.
    let window =
        Days { first: start.plus_days(-FAR_DAYS), last: before.date().min(start.plus_days(FAR_DAYS)) };
    match ical::instances(event, floating, window) {
        Ok(found) => found.iter().any(|instance| instance.occurrence.start < before),
        Err(_) => true,
    }
}

/// The window that an expanding query looks at; none where its filter does not bound it on both sides.
#[must_use]
pub fn window(filter: Option<&Filter<EventCondition>>) -> Option<(LocalDateTime, LocalDateTime)> {
    match filter {
        Some(Filter::Condition(EventCondition { after: Some(after), before: Some(before), .. })) => {
            Some((*after, *before))
        }
        _ => None,
    }
}

fn expand(plan: &Plan<CalendarEvent>, list: Vec<Object>) -> Result<Vec<Object>, BackendError> {
    let Some((after, before)) = window(plan.filter.as_ref()) else {
        return Err(BackendError::UnsupportedFilter("no bounds".to_owned()));
    };
    let days = Days { first: after.date(), last: before.date() };
    let mut all = Vec::new();
    for event in list {
        let found = expanded(event, plan.options.time_zone, days);
        all.extend(found.map_err(|_| BackendError::CannotCalculateOccurrences)?);
        if all.len() > MAX_OCCURRENCES {
            return Err(BackendError::CannotCalculateOccurrences);
        }
    }
    Ok(all)
}

/// How long a window is, in whole days rounded up.
#[must_use]
pub fn days_of((after, before): (LocalDateTime, LocalDateTime)) -> i64 {
    let span: TimeDelta = before.0 - after.0;
    span.num_days() + i64::from(span.num_seconds() % 86_400 > 0)
}
