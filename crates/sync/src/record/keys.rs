//! Index keys: which lists a record stands in, and where. Part of the storage format.

use serde::Deserialize;
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    mail::{Email, EmailBody, Mailbox, keyword},
    school::{DayNote, Lesson},
    tasks::Task,
    time::{LocalDate, LocalDateTime, UtcDate},
};

use crate::{kind::Kind, store::KeyRange};

/// `order/SORT/NAME`: mailboxes and calendars as a menu lists them.
pub const ORDER: &str = "order";
/// `folder/MAILBOX/TIME↓/EMAIL`: a folder, newest first.
pub const FOLDER: &str = "folder";
/// `unread/TIME↓/EMAIL`: unread mail that somebody sent to the user, newest first.
pub const UNREAD: &str = "unread";
/// `thread/THREAD/TIME`: a conversation, oldest first.
pub const THREAD: &str = "thread";
/// `day/DATE/…`: what happens on a day, in its order.
pub const DAY: &str = "day";
/// `open/DUE`: homework to do, the most urgent first.
pub const OPEN: &str = "open";
/// `done/DUE↓`: homework that is done, the latest first.
pub const DONE: &str = "done";
/// `wanted/TIME↓`: bodies and blobs to fetch, those of the newest mail first.
pub const WANTED: &str = "wanted";

/// A moment as fixed-width text that sorts the newest first.
#[must_use]
pub fn counted_down(moment: UtcDate) -> String {
    const END_OF_TIME: i64 = 9_999_999_999_999;
    format!("{:013}", (END_OF_TIME - moment.unix_millis()).clamp(0, END_OF_TIME))
}

/// All keys that begin with `prefix`, which ends in `/`.
#[must_use]
pub fn prefix_range(prefix: &str) -> KeyRange {
    let stem = prefix.trim_end_matches('/');
    KeyRange { from: format!("{stem}/"), to: format!("{stem}0") }
}

/// The keys of the days from `from` on and before `to`.
#[must_use]
pub fn day_range(from: LocalDate, to: LocalDate) -> KeyRange {
    KeyRange { from: format!("{DAY}/{from}"), to: format!("{DAY}/{to}") }
}

/// What only has an id.
#[derive(Deserialize)]
struct Bare {
    id: String,
}

/// The id and the keys of an object. The whole object is read, not only what the keys need: what a
/// screen could not read is refused at the door.
pub(super) fn of(kind: Kind, json: &str) -> serde_json::Result<(String, Vec<String>)> {
    Ok(match kind {
        Kind::Mailbox => {
            let it: Mailbox = serde_json::from_str(json)?;
            (it.id.0, vec![order(it.sort_order, &it.name)])
        }
        Kind::Calendar => {
            let it: Calendar = serde_json::from_str(json)?;
            (it.id.0, vec![order(it.sort_order, &it.name)])
        }
        Kind::Email => mail(serde_json::from_str(json)?),
        Kind::CalendarEvent => event(serde_json::from_str(json)?),
        Kind::Task => homework(serde_json::from_str(json)?),
        Kind::Lesson => {
            let it: Lesson = serde_json::from_str(json)?;
            (it.id.0, vec![format!("{DAY}/{}/{:02}", it.date, it.period)])
        }
        Kind::DayNote => {
            let it: DayNote = serde_json::from_str(json)?;
            (it.id.0, vec![format!("{DAY}/{}", it.date)])
        }
        Kind::EmailBody => {
            let it: EmailBody = serde_json::from_str(json)?;
            (it.id.0, Vec::new())
        }
        // These are not of the server; they are made with their keys.
        Kind::Blob | Kind::BlobWanted | Kind::BodyWanted | Kind::SyncPoint | Kind::Meta => {
            let it: Bare = serde_json::from_str(json)?;
            (it.id, Vec::new())
        }
    })
}

fn order(sort_order: u32, name: &str) -> String {
    format!("{ORDER}/{sort_order:010}/{name}")
}

fn mail(it: Email) -> (String, Vec<String>) {
    let time = counted_down(it.received_at);
    let folder = |mailbox| format!("{FOLDER}/{mailbox}/{time}/{}", it.id);
    let mut keys: Vec<String> = it.mailbox_ids.keys().map(folder).collect();
    keys.push(format!("{THREAD}/{}/{}", it.thread_id, it.received_at));
    if !it.is_seen() && !it.keywords.contains_key(keyword::DRAFT) {
        keys.push(format!("{UNREAD}/{time}/{}", it.id));
    }
    (it.id.0, keys)
}

fn event(it: CalendarEvent) -> (String, Vec<String>) {
    // An occurrence of several days stands under each of them.
    let days = it.occurrences.iter().flat_map(|occurrence| {
        let first = occurrence.start.date();
        let last = LocalDateTime(occurrence.end.0 - chrono::TimeDelta::seconds(1)).date().max(first);
        let count = last.days_since(first).clamp(0, LONGEST_EVENT_DAYS);
        (0..=count).map(move |step| format!("{DAY}/{}", first.plus_days(step)))
    });
    let mut keys: Vec<String> = days.collect();
    keys.sort();
    keys.dedup();
    (it.id.0, keys)
}

/// Longer events are listed on their first days only.
const LONGEST_EVENT_DAYS: i64 = 100;

fn homework(it: Task) -> (String, Vec<String>) {
    let key = match (it.progress.is_settled(), it.due) {
        (false, Some(due)) => format!("{OPEN}/{due}"),
        (false, None) => format!("{OPEN}/9999"),
        (true, due) => {
            let due = due.map_or(UtcDate::from_unix_millis(0), |due| UtcDate(due.0));
            format!("{DONE}/{}", counted_down(due))
        }
    };
    (it.id.0, vec![key])
}
