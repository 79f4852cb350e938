//! iCalendar (RFC 5545), read as JSCalendar (RFC 8984), and series made into dated occurrences.

mod convert;
mod dates;
mod lines;
mod occurrences;
mod reader;
mod rules;

pub use occurrences::{Instance, instances, occurrences, span};

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::{Map, Value};
use tornister_protocol::time::LocalDate;

use crate::{report::Report, shift::Shift, text};
use dates::Kind;
use lines::Component;
use reader::Reader;

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
