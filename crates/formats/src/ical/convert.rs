//! One component, or a series with its exceptions, as a JSCalendar object.

use calcard::icalendar::ICalendar;
use serde_json::{Map, Value, json};

use super::lines::{Component, Line};

/// A rule line and what it says.
pub(super) struct Rule<'a> {
    /// Whether it takes dates out.
    pub(super) excludes: bool,
    /// As written.
    pub(super) line: &'a Line,
}

/// The JSCalendar object of these components, the series itself first (RFC 8984). `zones` are the
/// file's own VTIMEZONEs. The error says what is wrong and in which line.
pub(super) fn object(
    components: &[&Component],
    zones: &[&Component],
) -> Result<Map<String, Value>, (usize, String)> {
    let Some(master) = components.first() else { return Err((0, "nothing to read".to_owned())) };
    let mut object =
        jscalendar(&components.iter().map(|component| write(component)).collect::<String>(), zones)
            .ok_or_else(|| (master.number, format!("this {} cannot be read", master.kind)))?;
    if let Some(zone) = zone_of_lost_time(&object, master) {
        let plain: Vec<_> = components.iter().map(|component| without_zone(component, &zone)).collect();
        let mut object = self::object(&plain.iter().collect::<Vec<_>>(), zones)?;
        object.entry("timeZone").or_insert(Value::String(zone));
        return Ok(object);
    }
    let keywords = object.get("keywords").cloned();
    if let Some(keywords) = keywords {
        object.insert("categories".to_owned(), keywords);
    }
    for rule in rules(master) {
        let key = if rule.excludes { "excludedRecurrenceRules" } else { "recurrenceRules" };
        let converted = self::rule(master, &rule, zones).ok_or_else(|| {
            let value = &rule.line.value;
            (rule.line.number, format!("\"{value}\" is no recurrence rule such as FREQ=WEEKLY;BYDAY=MO"))
        })?;
        if let Value::Array(list) = object.entry(key).or_insert_with(|| json!([])) {
            list.push(converted);
        }
    }
    Ok(object)
}

/// The conversion goes through moments and drops a time that clocks show twice or never. JSCalendar's times are
/// local, so such an object is converted without its zone, and gets it back.
fn zone_of_lost_time(object: &Map<String, Value>, master: &Component) -> Option<String> {
    let times = [("DTSTART", "start"), ("DUE", "due"), ("DTEND", "duration")];
    let mut lost = times.into_iter().filter(|(_, property)| !object.contains_key(*property));
    lost.find_map(|(name, _)| master.line(name)?.parameter("TZID"))
}

fn without_zone(component: &Component, zone: &str) -> Component {
    let mut plain = component.clone();
    for line in &mut plain.lines {
        if line.parameter("TZID").is_some_and(|name| name == zone) {
            line.parameters.clear();
        }
    }
    plain
}

fn rules(component: &Component) -> Vec<Rule<'_>> {
    let rules = component.lines.iter().filter(|line| matches!(line.name.as_str(), "RRULE" | "EXRULE"));
    rules.map(|line| Rule { excludes: line.name == "EXRULE", line }).collect()
}

/// A component without its rules: the conversion knows at most one, so each goes through it alone.
fn write(component: &Component) -> String {
    let lines = component.lines.iter().filter(|line| !matches!(line.name.as_str(), "RRULE" | "EXRULE"));
    wrap(&component.kind, &lines.map(Line::write).collect::<String>())
}

fn wrap(kind: &str, lines: &str) -> String {
    format!("BEGIN:{kind}\r\n{lines}END:{kind}\r\n")
}

fn rule(master: &Component, rule: &Rule<'_>, zones: &[&Component]) -> Option<Value> {
    let start = master.line("DTSTART")?;
    let whole_day = start.value.trim().len() == 8;
    let parts = rule.line.value.split(';').map(|part| match part.split_once('=') {
        // A day as the end of a series with times means that whole day; RFC 5545 wants a time there.
        Some((name, until)) if name.eq_ignore_ascii_case("UNTIL") && until.len() == 8 && !whole_day => {
            format!("{part}T235959")
        }
        _ => part.to_owned(),
    });
    let line =
        Line { name: "RRULE".to_owned(), value: parts.collect::<Vec<_>>().join(";"), ..rule.line.clone() };
    let uid = "UID:rule\r\n".to_owned();
    let mut converted = jscalendar(&wrap("VEVENT", &(uid + &start.write() + &line.write())), zones)?;
    let mut found = converted.remove("recurrenceRule").or_else(|| {
        converted.remove("recurrenceRules").and_then(|rules| rules.as_array()?.first().cloned())
    })?;
    let rule = found.as_object_mut()?;
    rule.get("frequency")?;
    rule.insert("@type".to_owned(), json!("RecurrenceRule"));
    if let Some(Value::Array(days)) = rule.get_mut("byDay") {
        for day in days.iter_mut().filter_map(Value::as_object_mut) {
            day.insert("@type".to_owned(), json!("NDay"));
        }
    }
    Some(found)
}

fn jscalendar(components: &str, zones: &[&Component]) -> Option<Map<String, Value>> {
    let zones: String = zones.iter().map(|zone| write(zone)).collect();
    let text = wrap("VCALENDAR", &format!("VERSION:2.0\r\nPRODID:-//Tornister//EN\r\n{zones}{components}"));
    let parsed = ICalendar::parse(&text).ok()?;
    let group: Value = serde_json::to_value(parsed.into_jscalendar::<String, String>().0).ok()?;
    let mut object = group.get("entries")?.as_array()?.first()?.as_object()?.clone();
    forget_icalendar(&mut object);
    Some(object)
}

/// Drops what the conversion keeps for the way back to iCalendar; nobody goes it.
fn forget_icalendar(object: &mut Map<String, Value>) {
    object.remove("iCalendar");
    for value in object.values_mut() {
        match value {
            Value::Object(inner) => forget_icalendar(inner),
            Value::Array(list) => list.iter_mut().filter_map(Value::as_object_mut).for_each(forget_icalendar),
            _ => {}
        }
    }
}
