//! When a JSCalendar Event takes place (RFC 8984 §4.3): rules, exceptions, zones, reckoned out.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde_json::{Map, Value};
use tornister_protocol::{
    calendars::Occurrence,
    time::{LocalDateTime, UtcDate},
};

use super::{SeriesError, rules};
use crate::{profile::Days, zone};

/// More occurrences than this in one window are refused.
const MAX_OCCURRENCES: usize = 5_000;

/// One occurrence, and what names it in its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The start that the rules give it, in the event's own zone (RFC 8984 §4.3.1).
    pub recurrence_id: LocalDateTime,
    /// When it takes place.
    pub occurrence: Occurrence,
}

/// The occurrences that touch `window`, in the school's zone, in order. Reads `recurrenceRules`
/// (RFC 8984) and `recurrenceRule` (its successor). Exceptions that are cancelled are left out; times
/// without a zone are the school's.
///
/// # Errors
/// Where the event has no start or one of its times or rules cannot be read.
pub fn occurrences(
    event: &Map<String, Value>,
    school_zone: Tz,
    window: Days,
) -> Result<Vec<Occurrence>, SeriesError> {
    let instances = instances(event, school_zone, window)?;
    Ok(instances.into_iter().map(|instance| instance.occurrence).collect())
}

/// First moment of an event, or of the first of a series, and first moment after it; times without a zone
/// are of `floating`.
///
/// # Errors
/// As [`occurrences`].
pub fn span(event: &Map<String, Value>, floating: Tz) -> Result<(UtcDate, UtcDate), SeriesError> {
    let timing = Timing::read(event, None, None)?;
    let own_zone = timing.zone.unwrap_or(floating);
    let occurrence = timing.occurrence(own_zone, None);
    Ok((zone::utc(occurrence.start, own_zone), zone::utc(occurrence.end, own_zone)))
}

/// The same as [`occurrences`], each with its name.
///
/// # Errors
/// As [`occurrences`].
pub fn instances(
    event: &Map<String, Value>,
    school_zone: Tz,
    window: Days,
) -> Result<Vec<Instance>, SeriesError> {
    let plain = Timing::read(event, None, None)?;
    let overrides = event.get("recurrenceOverrides").and_then(Value::as_object);
    let mut found = Vec::new();
    let mut ids = ids(event, plain, window)?;
    for (id, patch) in overrides.into_iter().flatten() {
        let id: LocalDateTime = id.parse().map_err(|_| SeriesError::Time("recurrenceOverrides"))?;
        ids.remove(&id);
        let is_off = patch.get("excluded") == Some(&Value::Bool(true))
            || patch.get("status").and_then(Value::as_str) == Some("cancelled");
        if let Some(patch) = patch.as_object().filter(|_| !is_off) {
            let timing = Timing::read(event, Some(patch), Some(id))?;
            let title = patch.get("title").and_then(Value::as_str);
            let title = title.filter(|&title| event.get("title").and_then(Value::as_str) != Some(title));
            let occurrence = timing.occurrence(school_zone, title.map(str::to_owned));
            found.push(Instance { recurrence_id: id, occurrence });
        }
    }
    found.extend(ids.into_iter().map(|start| Instance {
        recurrence_id: start,
        occurrence: Timing { start, ..plain }.occurrence(school_zone, None),
    }));
    let (first, last) = (window.first.0, window.last.plus_days(1).0);
    // A whole day ends with the midnight that begins the next: that one is not part of it.
    let midnight = window.first.at(chrono::NaiveTime::MIN);
    found.retain(|Instance { occurrence, .. }| {
        occurrence.start.0.date() < last
            && occurrence.end.0.date() >= first
            && (occurrence.end > midnight || occurrence.start >= midnight)
    });
    let order = |Occurrence { start, end, title }: &Occurrence| (*start, *end, title.clone());
    found.sort_by_cached_key(|instance| order(&instance.occurrence));
    if found.len() > MAX_OCCURRENCES { Err(SeriesError::TooMany) } else { Ok(found) }
}

/// The starts that the rules give, up to the window's end.
fn ids(
    event: &Map<String, Value>,
    plain: Timing,
    window: Days,
) -> Result<BTreeSet<LocalDateTime>, SeriesError> {
    // Two days more, because the window is in the school's zone and the rules are in the event's.
    let last = window.last.plus_days(2).at(chrono::NaiveTime::MIN);
    let rules = |list: &str, single: &str| -> Vec<Value> {
        let list = event.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
        list.into_iter().chain(event.get(single).filter(|rule| rule.is_object()).cloned()).collect()
    };
    let mut ids = BTreeSet::from([plain.start]);
    for rule in rules("recurrenceRules", "recurrenceRule") {
        ids.extend(rules::dates(&rule, plain.start, last)?);
    }
    for rule in rules("excludedRecurrenceRules", "excludedRecurrenceRule") {
        for date in rules::dates(&rule, plain.start, last)? {
            ids.remove(&date);
        }
    }
    Ok(ids)
}

/// What decides when one occurrence is.
#[derive(Clone, Copy)]
struct Timing {
    start: LocalDateTime,
    zone: Option<Tz>,
    whole_days: bool,
    days: i64,
    seconds: i64,
}

impl Timing {
    /// Of the event, or of one occurrence: `id` and what its patch says instead.
    fn read(
        event: &Map<String, Value>,
        patch: Option<&Map<String, Value>>,
        id: Option<LocalDateTime>,
    ) -> Result<Self, SeriesError> {
        let get = |key: &str| {
            let patched = patch.and_then(|patch| patch.get(key));
            patched.or_else(|| event.get(key)).filter(|value| !value.is_null())
        };
        let start = match (patch.and_then(|patch| patch.get("start")), id) {
            (None, Some(id)) => id,
            (patched, _) => {
                let start = patched.or_else(|| event.get("start")).ok_or(SeriesError::NoStart)?;
                start.as_str().and_then(|start| start.parse().ok()).ok_or(SeriesError::Time("start"))?
            }
        };
        let zone = match get("timeZone") {
            Some(name) => {
                Some(name.as_str().and_then(|name| name.parse().ok()).ok_or(SeriesError::Time("timeZone"))?)
            }
            None => None,
        };
        let (days, seconds) = match get("duration") {
            Some(text) => text.as_str().and_then(duration).ok_or(SeriesError::Time("duration"))?,
            None => (0, 0),
        };
        let whole_days = get("showWithoutTime") == Some(&Value::Bool(true));
        let days = if whole_days && (days, seconds) == (0, 0) { 1 } else { days };
        Ok(Self { start, zone, whole_days, days, seconds })
    }

    fn occurrence(self, school_zone: Tz, title: Option<String>) -> Occurrence {
        let later =
            |time: chrono::NaiveDateTime, span: TimeDelta| time.checked_add_signed(span).unwrap_or(time);
        let last_day = LocalDateTime(later(self.start.0, TimeDelta::days(self.days)));
        if self.whole_days {
            let end = LocalDateTime(later(last_day.0, TimeDelta::seconds(self.seconds)));
            return Occurrence { start: self.start, end, title };
        }
        // Days of a duration are nominal, hours are exact (RFC 8984 §1.4.6).
        let own_zone = self.zone.unwrap_or(school_zone);
        let start = zone::utc(self.start, own_zone);
        let end = UtcDate(later(zone::utc(last_day, own_zone).0, TimeDelta::seconds(self.seconds)));
        let (start, end) = (zone::local(start, school_zone), zone::local(end, school_zone));
        // In the hour that clocks show twice, the end may read as earlier than the start.
        Occurrence { start, end: end.max(start), title }
    }
}

/// Days and seconds of `P1W`, `P2DT3H30M`, … (RFC 8984 §1.4.6); at most some ten thousand years.
fn duration(text: &str) -> Option<(i64, i64)> {
    let (mut days, mut seconds, mut number, mut in_time) = (0_i64, 0_i64, None, false);
    for character in text.strip_prefix('P')?.chars() {
        if let Some(digit) = character.to_digit(10) {
            let longer = number.unwrap_or(0_i64) * 10 + i64::from(digit);
            number = Some(longer).filter(|&number| number < 1_000_000_000);
            number?;
            continue;
        }
        if character == 'T' && number.is_none() && !in_time {
            in_time = true;
            continue;
        }
        let amount = number.take()?;
        match (in_time, character) {
            (false, 'W') => days += amount.min(500_000) * 7,
            (false, 'D') => days += amount.min(3_500_000),
            (true, 'H') => seconds += amount.min(90_000_000) * 3600,
            (true, 'M') => seconds += amount * 60,
            (true, 'S') => seconds += amount,
            _ => return None,
        }
    }
    number.is_none().then_some((days, seconds))
}
