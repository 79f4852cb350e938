//! Calendars, homework and notes: `calendar/*.ics`, `homework/CLASS.ics`, `users/LOGIN/calendar.ics`.

use std::collections::BTreeSet;

use super::{CalendarFile, CalendarItem, DayNoteItem, EventItem, Folder, Owner, School, TaskItem};
use crate::{ical, profile::Profile, report::Report, shift::Shift};

pub(super) fn read(folder: &Folder<'_>, shift: Shift, school: &mut School) {
    for name in folder.names("calendar", &mut school.report) {
        file(folder, &format!("calendar/{name}"), &Owner::School, shift, school);
    }
    let lessons = school.lessons.iter().map(|lesson| &lesson.class);
    let pupils = school.profile.users.iter().filter_map(|user| user.class.as_ref());
    let classes: BTreeSet<String> = lessons.chain(pupils).cloned().collect();
    for name in folder.names("homework", &mut school.report) {
        let path = format!("homework/{name}");
        let class = stem(&name).unwrap_or(&name).to_owned();
        if !classes.contains(&class) {
            let message =
                format!("no pupil and no timetable knows a class {class}; name the file after a class");
            school.report.warn(&path, None, message);
        }
        file(folder, &path, &Owner::Class(class), shift, school);
    }
    let logins: Vec<String> = school.profile.users.iter().map(|user| user.login.clone()).collect();
    for login in logins {
        let path = format!("users/{login}/calendar.ics");
        file(folder, &path, &Owner::User(login), shift, school);
    }
}

/// A name without `.ics`.
fn stem(name: &str) -> Option<&str> {
    let (stem, end) = name.rsplit_once('.')?;
    end.eq_ignore_ascii_case("ics").then_some(stem)
}

fn file(folder: &Folder<'_>, path: &str, owner: &Owner, shift: Shift, school: &mut School) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(key) = stem(name) else {
        school.report.warn(path, None, "not an .ics file; not read");
        return;
    };
    let Some(bytes) = folder.bytes(path, &mut school.report) else { return };
    let read = read_calendar(&bytes, (path, key), owner, &school.profile, shift, &mut school.report);
    school.calendars.extend(read.calendar);
    school.tasks.extend(read.tasks);
    school.day_notes.extend(read.day_notes);
}

/// Reads one `.ics` file: its path, as the report names it, and its name without the end. The profile is the
/// shifted one.
pub fn read_calendar(
    bytes: &[u8],
    (path, key): (&str, &str),
    owner: &Owner,
    profile: &Profile,
    shift: Shift,
    report: &mut Report,
) -> CalendarFile {
    let zone = profile.time_zone;
    let read = ical::read(bytes, path, zone, shift, report);
    report.count(path, read.events.len() + read.tasks.len() + read.notes.len());

    let mut events = Vec::with_capacity(read.events.len());
    for event in read.events {
        match ical::occurrences(&event.properties, zone, profile.year) {
            Ok(occurrences) => {
                events.push(EventItem { uid: event.uid, event: event.properties, occurrences });
            }
            Err(error) => report.error(path, Some(event.line), format!("{error}; the VEVENT is left out")),
        }
    }
    // A file with homework only is no calendar; one without anything may be one that fills later.
    let is_calendar = !events.is_empty() || read.tasks.is_empty() && read.notes.is_empty();
    let calendar = is_calendar.then(|| CalendarItem {
        owner: owner.clone(),
        key: key.to_owned(),
        name: read.name.unwrap_or_else(|| key.to_owned()),
        color: read.color,
        events,
    });
    let task = |task: ical::Object| TaskItem { owner: owner.clone(), uid: task.uid, task: task.properties };
    let note = |note: ical::Note| DayNoteItem {
        owner: owner.clone(),
        uid: note.uid,
        date: note.date,
        title: note.title,
        text: note.text,
    };
    CalendarFile {
        owner: owner.clone(),
        key: key.to_owned(),
        calendar,
        tasks: read.tasks.into_iter().map(task).collect(),
        day_notes: read.notes.into_iter().map(note).collect(),
    }
}
