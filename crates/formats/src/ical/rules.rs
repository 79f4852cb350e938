//! JSCalendar recurrence rules (RFC 8984 §4.3.3), expanded. Everything is reckoned in wall-clock time
//! without a zone, as the RFC wants it, so that 08:00 stays 08:00 when the clocks change.

use chrono::TimeZone as _;
use rrule::{RRule, RRuleSet, Unvalidated};
use serde_json::{Map, Value};
use tornister_protocol::time::LocalDateTime;

use super::SeriesError;

/// Rules that yield more dates than this before the window ends are refused.
const MAX_DATES: usize = 50_000;

/// The dates of one rule from `start` up to and including `last`. The start itself is always the
/// first of them, whether the rule meets it or not, and counts.
pub(super) fn dates(
    rule: &Value,
    start: LocalDateTime,
    last: LocalDateTime,
) -> Result<Vec<LocalDateTime>, SeriesError> {
    let text = written(rule).ok_or_else(|| bad(rule, "has a part that is not supported"))?;
    let until = rule.get("until").and_then(Value::as_str);
    if until.is_some_and(|until| until.parse::<LocalDateTime>().is_ok_and(|until| until < start)) {
        return Ok(vec![start]);
    }
    let begin = rrule::Tz::UTC.from_utc_datetime(&start.0);
    let parsed = text.parse::<RRule<Unvalidated>>().and_then(|parsed| parsed.validate(begin));
    let parsed = parsed.map_err(|error| bad(rule, &error.to_string()))?;
    let mut found = vec![start];
    let most = parsed.get_count().map_or(usize::MAX, |count| count as usize);
    for date in &RRuleSet::new(begin).rrule(parsed).limit() {
        let date = LocalDateTime(date.naive_utc());
        if date > last || found.len() >= most {
            break;
        }
        if found.len() >= MAX_DATES {
            return Err(SeriesError::TooMany);
        }
        if date != start {
            found.push(date);
        }
    }
    Ok(found)
}

fn bad(rule: &Value, reason: &str) -> SeriesError {
    SeriesError::Rule { rule: rule.to_string(), reason: reason.to_owned() }
}

/// The rule as iCalendar writes it (RFC 5545 §3.3.10); `None` where it cannot.
fn written(rule: &Value) -> Option<String> {
    let rule = rule.as_object()?;
    let gregorian =
        |scale: &Value| scale.as_str().is_some_and(|scale| scale.eq_ignore_ascii_case("gregorian"));
    if rule.get("rscale").is_some_and(|scale| !gregorian(scale))
        || rule.get("skip").is_some_and(|skip| skip != "omit")
    {
        return None;
    }
    let mut parts = vec![format!("FREQ={}", rule.get("frequency")?.as_str()?.to_ascii_uppercase())];
    for (key, name) in [("interval", "INTERVAL"), ("count", "COUNT")] {
        if let Some(number) = rule.get(key) {
            parts.push(format!("{name}={}", number.as_u64()?));
        }
    }
    if let Some(until) = rule.get("until") {
        let until: LocalDateTime = until.as_str()?.parse().ok()?;
        parts.push(format!("UNTIL={}", until.0.format("%Y%m%dT%H%M%SZ")));
    }
    if let Some(day) = rule.get("firstDayOfWeek") {
        parts.push(format!("WKST={}", day.as_str()?.to_ascii_uppercase()));
    }
    let lists = [
        ("byMonth", "BYMONTH"),
        ("byMonthDay", "BYMONTHDAY"),
        ("byYearDay", "BYYEARDAY"),
        ("byWeekNo", "BYWEEKNO"),
        ("byHour", "BYHOUR"),
        ("byMinute", "BYMINUTE"),
        ("bySecond", "BYSECOND"),
        ("bySetPosition", "BYSETPOS"),
    ];
    for (key, name) in lists {
        parts.extend(list(rule, key, number)?.map(|numbers| format!("{name}={numbers}")));
    }
    parts.extend(list(rule, "byDay", weekday)?.map(|days| format!("BYDAY={days}")));
    Some(parts.join(";"))
}

/// `Some(None)` where the rule has no such part or an empty one.
fn list(rule: &Map<String, Value>, key: &str, item: fn(&Value) -> Option<String>) -> Option<Option<String>> {
    let Some(list) = rule.get(key) else { return Some(None) };
    let items = list.as_array()?.iter().map(item).collect::<Option<Vec<_>>>()?;
    Some((!items.is_empty()).then(|| items.join(",")))
}

/// Months are texts in JSCalendar, everything else is a number.
fn number(value: &Value) -> Option<String> {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    Some(number.to_string())
}

fn weekday(value: &Value) -> Option<String> {
    let day = value.get("day")?.as_str()?.to_ascii_uppercase();
    Some(match value.get("nthOfPeriod") {
        Some(nth) => format!("{}{day}", nth.as_i64()?),
        None => day,
    })
}
