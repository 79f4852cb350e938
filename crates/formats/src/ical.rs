//! iCalendar (RFC 5545), read as JSCalendar (RFC 8984), and series made into dated occurrences.

mod convert;
mod dates;
mod lines;
mod occurrences;
mod rules;

pub use occurrences::occurrences;

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde_json::{Map, Value};
use tornister_protocol::time::LocalDate;

use crate::{report::Report, shift::Shift, text, zone};
use dates::Kind;
use lines::Component;

/// What one `.ics` file holds. Everything is in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// From `X-WR-CALNAME` or `NAME`.
    pub name: Option<String>,
    /// A CSS colour, from `X-APPLE-CALENDAR-COLOR` or `COLOR`.
    pub color: Option<String>,
    /// The VEVENTs as JSCalendar Events; a series with its exceptions is one.
    pub events: Vec<Object>,
    /// The VTODOs as JSCalendar Tasks.
    pub tasks: Vec<Object>,
    /// The VJOURNALs that have a day.
    pub notes: Vec<Note>,
}

/// A JSCalendar Event or Task.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Names it in all its versions.
    pub uid: String,
    /// Where it begins in its file, counted from 1.
    pub line: usize,
    /// All its properties (RFC 8984), `uid` among them.
    pub properties: Map<String, Value>,
}

/// What a school says about one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Names it in all its versions.
    pub uid: String,
    /// The day.
    pub date: LocalDate,
    /// In a line.
    pub title: String,
    /// More of it, plain text, may be empty.
    pub text: String,
}

/// Why an event's occurrences cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// There is no `start`.
    #[error("it does not say when it begins")]
    NoStart,
    /// This property holds no time, zone or duration.
    #[error("\"{0}\" cannot be read")]
    Time(&'static str),
    /// A recurrence rule that makes no sense, or more than this crate knows.
    #[error("the recurrence rule {rule} cannot be followed: {reason}")]
    Rule {
        /// The rule, as JSON.
        rule: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It would go on and on.
    #[error("it takes place too often; end the series or make it rarer")]
    TooMany,
}

/// Reads a file. Dates are moved by `shift` at the same wall-clock time in `zone`, the school's;
/// a day of the month in a rule stays. What cannot be read goes into the report under `path`.
pub fn read(bytes: &[u8], path: &str, zone: Tz, shift: Shift, report: &mut Report) -> Calendar {
    let file = lines::split(&text::decode(bytes), path, report);
    let property = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| file.properties.iter().find(|line| line.name == *name));
        found.map(lines::Line::text).filter(|text| !text.is_empty())
    };
    let mut calendar = Calendar {
        name: property(["X-WR-CALNAME", "NAME"]),
        color: property(["X-APPLE-CALENDAR-COLOR", "COLOR"]).filter(|color| is_color(color)),
        ..Calendar::default()
    };
    let (zones, components): (Vec<_>, Vec<_>) =
        file.components.into_iter().partition(|component| component.kind == "VTIMEZONE");
    let zones: Vec<&Component> = zones.iter().collect();
    let components: Vec<Component> =
        components.into_iter().filter_map(|component| moved(component, path, zone, shift, report)).collect();
    let mut reader = Reader { path, zone, zones, report, calendar: &mut calendar };
    for series in series(&components) {
        reader.series(&series);
    }
    calendar
}

/// Components by kind and uid, in the order of the file.
fn series(components: &[Component]) -> Vec<Vec<&Component>> {
    let mut places = BTreeMap::new();
    let mut all: Vec<Vec<&Component>> = Vec::new();
    for component in components {
        let place =
            component.text("UID").map(|uid| *places.entry((&component.kind, uid)).or_insert(all.len()));
        match place.and_then(|place| all.get_mut(place)) {
            Some(series) => series.push(component),
            None => all.push(vec![component]),
        }
    }
    all
}

/// The component at its new dates; `None` where one that matters is none.
fn moved(
    mut component: Component,
    path: &str,
    zone: Tz,
    shift: Shift,
    report: &mut Report,
) -> Option<Component> {
    let mut kept = Vec::with_capacity(component.lines.len());
    for mut line in component.lines {
        let Some(kind) = dates::kind(&line.name) else {
            kept.push(line);
            continue;
        };
        match (dates::moved(&line, zone, shift), kind) {
            (Ok(value), _) => {
                line.value = value;
                kept.push(line);
            }
            (Err(text), Kind::Incidental) => {
                let message = format!("{}: \"{text}\" is no date; the line is left out", line.name);
                report.warn(path, Some(line.number), message);
            }
            (Err(text), Kind::Essential) => {
                let message = format!(
                    "{}: \"{text}\" is no date; write 20260914 or 20260914T080000. This {} is left out",
                    line.name, component.kind
                );
                report.error(path, Some(line.number), message);
                return None;
            }
        }
    }
    component.lines = kept;
    Some(component)
}

/// `#RGB`, `#RRGGBB` (an alpha value is allowed and kept) or a name, so that it is safe in a style.
fn is_color(text: &str) -> bool {
    match text.strip_prefix('#') {
        Some(hex) => matches!(hex.len(), 3 | 4 | 6 | 8) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => text.bytes().all(|byte| byte.is_ascii_alphabetic()),
    }
}

struct Reader<'a> {
    path: &'a str,
    zone: Tz,
    zones: Vec<&'a Component>,
    report: &'a mut Report,
    calendar: &'a mut Calendar,
}

impl Reader<'_> {
    /// Reads all components of one uid.
    fn series(&mut self, components: &[&Component]) {
        let (exceptions, masters): (Vec<&Component>, Vec<&Component>) =
            components.iter().copied().partition(|component| component.line("RECURRENCE-ID").is_some());
        let Some((&master, again)) = masters.split_first() else {
            for exception in exceptions {
                let message =
                    "this exception belongs to no series in this file and is left out; export both together";
                self.report.error(self.path, Some(exception.number), message);
            }
            return;
        };
        for copy in again {
            let message = format!(
                "the UID of line {} again; this {} is left out. Give it a UID of its own",
                master.number, copy.kind
            );
            self.report.error(self.path, Some(copy.number), message);
        }
        let uid = master.text("UID").unwrap_or_else(|| self.made_up_uid(master));
        match master.kind.as_str() {
            "VJOURNAL" => self.note(master, uid),
            "VEVENT" | "VTODO" => {
                let all: Vec<&Component> = std::iter::once(master).chain(exceptions).collect();
                self.object(&all, uid);
            }
            _ => {}
        }
    }

    fn object(&mut self, components: &[&Component], uid: String) {
        let Some(&master) = components.first() else { return };
        let (kind, line) = (&master.kind, master.number);
        if kind == "VEVENT" && master.line("DTSTART").is_none() {
            self.report.error(
                self.path,
                Some(line),
                "this VEVENT has no DTSTART and is left out; add when it begins",
            );
            return;
        }
        if master.text("SUMMARY").is_none() {
            self.report.warn(
                self.path,
                Some(line),
                format!("this {kind} has no SUMMARY; nobody sees what it is"),
            );
        }
        match convert::object(components, &self.zones) {
            Ok(mut properties) => {
                self.know_zones(&mut properties, master);
                properties.insert("uid".to_owned(), Value::String(uid.clone()));
                let object = Object { uid, line, properties };
                match kind.as_str() {
                    "VTODO" => self.calendar.tasks.push(object),
                    _ => self.calendar.events.push(object),
                }
            }
            Err((line, message)) => {
                self.report.error(self.path, Some(line), format!("{message}; the {kind} is left out"));
            }
        }
    }

    fn note(&mut self, component: &Component, uid: String) {
        let date = component.line("DTSTART").and_then(|line| dates::date(line.value.get(..8)?));
        match (date, component.text("SUMMARY").or_else(|| component.text("DESCRIPTION"))) {
            (Some(date), Some(title)) => {
                let text = component.text("DESCRIPTION").filter(|text| *text != title).unwrap_or_default();
                self.calendar.notes.push(Note { uid, date, title, text });
            }
            _ => {
                let message =
                    "this VJOURNAL needs a DTSTART and a SUMMARY to be a note for a day; it is left out";
                self.report.error(self.path, Some(component.number), message);
            }
        }
    }

    /// The same at every import as long as the record is the same.
    fn made_up_uid(&mut self, component: &Component) -> String {
        let message =
            format!("this {} has no UID; changed later, it will count as a new one", component.kind);
        self.report.warn(self.path, Some(component.number), message);
        let start = component.text("DTSTART").or_else(|| component.text("DUE")).unwrap_or_default();
        format!("{start}-{}", component.text("SUMMARY").unwrap_or_default())
    }

    /// Puts the school's zone where a name means none.
    fn know_zones(&mut self, object: &mut Map<String, Value>, master: &Component) {
        let mut unknown = BTreeSet::new();
        // The conversion drops a zone that it does not know at all.
        let named = master.line("DTSTART").and_then(|line| line.parameter("TZID"));
        if let Some(name) = named.filter(|_| !object.contains_key("timeZone")) {
            object.insert("timeZone".to_owned(), Value::String(name));
        }
        let overrides = object.get_mut("recurrenceOverrides").and_then(Value::as_object_mut);
        let overrides = overrides.into_iter().flat_map(|patches| patches.values_mut());
        for patch in overrides.filter_map(Value::as_object_mut) {
            know_zone(patch, self.zone, &mut unknown);
        }
        know_zone(object, self.zone, &mut unknown);
        let start = object.get("start").and_then(|start| start.as_str()?.parse().ok());
        for name in unknown {
            let own = self.zones.iter().find(|zone| zone.text("TZID").as_ref() == Some(&name));
            if let (Some(own), Some(start)) = (own, start)
                && zone::offsets(self.zone, start) == offsets(own)
            {
                continue;
            }
            let message = format!("the time zone \"{name}\" is not known; taken for {}", self.zone.name());
            self.report.warn(self.path, Some(master.number), message);
        }
    }
}

/// The offsets from UTC that a VTIMEZONE switches between, in seconds.
fn offsets(zone: &Component) -> BTreeSet<i32> {
    let lines = zone.lines.iter().filter(|line| line.name == "TZOFFSETTO");
    let seconds = lines.filter_map(|line| {
        let (sign, digits) = line.value.trim().split_at_checked(1)?;
        let hours: i32 = digits.get(..2)?.parse().ok()?;
        let minutes: i32 = digits.get(2..4)?.parse().ok()?;
        Some((hours * 3600 + minutes * 60) * if sign == "-" { -1 } else { 1 })
    });
    seconds.collect()
}

fn know_zone(object: &mut Map<String, Value>, zone: Tz, unknown: &mut BTreeSet<String>) {
    if let Some(Value::String(name)) = object.get_mut("timeZone")
        && name.parse::<Tz>().is_err()
    {
        unknown.insert(std::mem::replace(name, zone.name().to_owned()));
    }
}
