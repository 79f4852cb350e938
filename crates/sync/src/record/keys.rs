//! Index keys: which lists a record stands in, and where. Part of the storage format.

use serde::Deserialize;
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    mail::{Email, EmailBody, Mailbox, keyword},
    school::{DayNote, Lesson},
    tasks::Task,
    time::{LocalDate, LocalDateTime, UtcDate},
};

use crate::{json, kind::Kind, store::KeyRange};

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
pub(super) fn of(kind: Kind, text: &str) -> serde_json::Result<(String, Vec<String>)> {
    Ok(match kind {
        Kind::Mailbox => {
            let it: Mailbox = json::read_text(text)?;
            (it.id.0, vec![order(it.sort_order, &it.name)])
        }
        Kind::Calendar => {
            let it: Calendar = json::read_text(text)?;
            (it.id.0, vec![order(it.sort_order, &it.name)])
        }
        Kind::Email => mail(json::read_text(text)?),
        Kind::CalendarEvent => event(json::read_text(text)?),
        Kind::Task => homework(json::read_text(text)?),
        Kind::Lesson => {
            let it: Lesson = json::read_text(text)?;
            (it.id.0, vec![format!("{DAY}/{}/{:02}", it.date, it.period)])
        }
        Kind::DayNote => {
            let it: DayNote = json::read_text(text)?;
            (it.id.0, vec![format!("{DAY}/{}", it.date)])
        }
        Kind::EmailBody => {
            let it: EmailBody = json::read_text(text)?;
            (it.id.0, Vec::new())
        }
        // These are not of the server; they are made with their keys.
        Kind::Blob | Kind::BlobWanted | Kind::BodyWanted | Kind::SyncPoint | Kind::Meta => {
            let it: Bare = json::read_text(text)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn frozen(kind: Kind, json: &str, id: &str, keys: &[&str]) {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        assert_eq!(of(kind, json).unwrap(), (id.to_owned(), keys));
    }

    #[test]
    fn a_mail_stands_in_its_folders_its_thread_and_among_the_unread() {
        let mail = |keywords: &str| {
            format!(
                r#"{{"id":"m1","blobId":"b","threadId":"t1","mailboxIds":{{"inbox":true,"klasse":true}},
                "keywords":{keywords},"size":1,"receivedAt":"2026-11-17T06:31:00Z","hasAttachment":false,"preview":""}}"#
            )
        };
        let folders = [
            "folder/inbox/8205102939999/m1",
            "folder/klasse/8205102939999/m1",
            "thread/t1/2026-11-17T06:31:00Z",
        ];
        frozen(Kind::Email, &mail(r#"{"$seen":true}"#), "m1", &folders);
        frozen(Kind::Email, &mail(r#"{"$draft":true}"#), "m1", &folders);
        frozen(Kind::Email, &mail("{}"), "m1", &[&folders[..], &["unread/8205102939999/m1"]].concat());
    }

    #[test]
    fn homework_is_open_or_done() {
        let task = |rest: &str| format!(r#"{{"id":"t1","taskListId":"l"{rest}}}"#);
        frozen(Kind::Task, &task(r#","due":"2026-11-20T00:00:00""#), "t1", &["open/2026-11-20T00:00:00"]);
        frozen(Kind::Task, &task(""), "t1", &["open/9999"]);
        let done = task(r#","due":"2026-11-20T00:00:00","progress":"completed""#);
        frozen(Kind::Task, &done, "t1", &["done/8204867199999"]);
    }

    #[test]
    fn what_has_a_day_stands_under_it() {
        let event = r#"{"id":"e1","calendarIds":{"c":true},"tornister.app:occurrences":[
            {"start":"2026-11-18T08:00:00","end":"2026-11-20T00:00:00"},
            {"start":"2026-12-01T08:00:00","end":"2026-12-01T09:00:00"}]}"#;
        frozen(Kind::CalendarEvent, event, "e1", &["day/2026-11-18", "day/2026-11-19", "day/2026-12-01"]);
        let lesson = r#"{"id":"l1","date":"2026-11-18","period":3,"start":"2026-11-18T09:40:00",
            "end":"2026-11-18T10:25:00","number":7,"subject":"M","subjectName":"Mathematik","teachers":[],"rooms":[]}"#;
        frozen(Kind::Lesson, lesson, "l1", &["day/2026-11-18/03"]);
        frozen(
            Kind::DayNote,
            r#"{"id":"d1","date":"2026-11-18","title":"Wandertag"}"#,
            "d1",
            &["day/2026-11-18"],
        );
    }

    #[test]
    fn menus_have_an_order() {
        let calendar = r#"{"id":"c1","name":"Schule","sortOrder":2}"#;
        frozen(Kind::Calendar, calendar, "c1", &["order/0000000002/Schule"]);
    }
}
