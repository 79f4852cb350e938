//! Index keys: which lists a record stands in, and where. Part of the storage format.

use std::collections::BTreeMap;

use serde::Deserialize;
use tornister_protocol::{
    calendars::Occurrence,
    mail::keyword,
    tasks::Progress,
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
/// `wanted/TIME↓`: blobs to fetch, those of the newest mail first.
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

/// A blob that is still to be fetched.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WantedBlob {
    email_id: String,
    blob_id: String,
    received_at: UtcDate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    sort_order: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    id: String,
    thread_id: String,
    mailbox_ids: BTreeMap<String, bool>,
    keywords: BTreeMap<String, bool>,
    received_at: UtcDate,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "tornister.app:occurrences", default)]
    occurrences: Vec<Occurrence>,
}

#[derive(Deserialize)]
struct Homework {
    id: String,
    #[serde(default)]
    due: Option<LocalDateTime>,
    #[serde(default)]
    progress: Progress,
}

#[derive(Deserialize)]
struct Dated {
    id: String,
    date: LocalDate,
    #[serde(default)]
    period: u32,
}

#[derive(Deserialize)]
struct Bare {
    id: String,
}

/// The id and the keys of an object.
pub(super) fn of(kind: Kind, json: &str) -> serde_json::Result<(String, Vec<String>)> {
    match kind {
        Kind::Mailbox | Kind::Calendar => {
            let it: Listed = serde_json::from_str(json)?;
            let key = format!("{ORDER}/{:010}/{}", it.sort_order, it.name);
            Ok((it.id, vec![key]))
        }
        Kind::Email => serde_json::from_str(json).map(mail),
        Kind::CalendarEvent => serde_json::from_str(json).map(event),
        Kind::Task => serde_json::from_str(json).map(homework),
        Kind::Lesson | Kind::DayNote => {
            let it: Dated = serde_json::from_str(json)?;
            let key = format!("{DAY}/{}/{:02}", it.date, it.period);
            Ok((it.id, vec![key]))
        }
        Kind::BlobWanted => {
            let it: WantedBlob = serde_json::from_str(json)?;
            let key = format!("{WANTED}/{}", counted_down(it.received_at));
            Ok((format!("{}/{}", it.email_id, it.blob_id), vec![key]))
        }
        Kind::EmailBody | Kind::Blob | Kind::SyncPoint | Kind::Meta => {
            let it: Bare = serde_json::from_str(json)?;
            Ok((it.id, Vec::new()))
        }
    }
}

fn mail(it: Mail) -> (String, Vec<String>) {
    let time = counted_down(it.received_at);
    let mut keys: Vec<String> =
        it.mailbox_ids.keys().map(|mailbox| format!("{FOLDER}/{mailbox}/{time}/{}", it.id)).collect();
    keys.push(format!("{THREAD}/{}/{}", it.thread_id, it.received_at));
    let hidden = [keyword::SEEN, keyword::DRAFT].iter().any(|&word| it.keywords.contains_key(word));
    if !hidden {
        keys.push(format!("{UNREAD}/{time}/{}", it.id));
    }
    (it.id, keys)
}

fn event(it: Event) -> (String, Vec<String>) {
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
    (it.id, keys)
}

/// Longer events are listed on their first days only.
const LONGEST_EVENT_DAYS: i64 = 100;

fn homework(it: Homework) -> (String, Vec<String>) {
    let key = match (it.progress.is_settled(), it.due) {
        (false, Some(due)) => format!("{OPEN}/{due}"),
        (false, None) => format!("{OPEN}/9999"),
        (true, due) => {
            let due = due.map_or(UtcDate::from_unix_millis(0), |due| UtcDate(due.0));
            format!("{DONE}/{}", counted_down(due))
        }
    };
    (it.id, vec![key])
}
