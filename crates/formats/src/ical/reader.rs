//! From components to what a calendar holds; what is wrong with one goes into the report.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::{Calendar, Note, Object, convert, dates, lines::Component};
use crate::{report::Report, zone};

pub(super) struct Reader<'a> {
    pub(super) path: &'a str,
    pub(super) zone: Tz,
    pub(super) zones: Vec<&'a Component>,
    pub(super) report: &'a mut Report,
    pub(super) calendar: &'a mut Calendar,
}

impl Reader<'_> {
    /// Reads all components of one uid.
    pub(super) fn series(&mut self, components: &[&Component]) {
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
                if kind == "VTODO" {
                    in_zone(&mut properties, self.zone);
                }
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

/// Tells a task's times in the school's zone: whoever shows a task has no time zone database.
fn in_zone(task: &mut Map<String, Value>, zone: Tz) {
    let own: Option<Tz> = task.get("timeZone").and_then(|name| name.as_str()?.parse().ok());
    let Some(own) = own.filter(|own| *own != zone) else { return };
    for key in ["start", "due"] {
        if let Some(time) = task.get_mut(key)
            && let Some(local) = time.as_str().and_then(|local| local.parse().ok())
        {
            *time = Value::String(zone::local(zone::utc(local, own), zone).to_string());
        }
    }
    task.insert("timeZone".to_owned(), Value::String(zone.name().to_owned()));
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
