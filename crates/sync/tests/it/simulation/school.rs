//! The objects of the simulated school, made from their numbers.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tornister_protocol::time::{LocalDate, LocalDateTime, UtcDate};
use tornister_sync::kind::DataType;

/// The moment at which every plan begins.
pub fn beginning() -> UtcDate {
    "2026-11-18T06:30:00Z".parse().expect("a moment")
}

/// The n-th object of a type that the school makes.
pub fn object(data_type: DataType, number: u32) -> Value {
    let id = format!("{}{number:03}", &data_type.name()[..1]);
    let name = format!("{} {number}", data_type.name());
    let today = LocalDate(beginning().0.date());
    // Some in every direction, and several on one day.
    let days = [0, 1, -1, 9, -9, 30, -200][number as usize % 7];
    let date = today.plus_days(days);
    match data_type {
        DataType::Mailbox => json!({
            "id": id, "name": name, "totalEmails": 0, "unreadEmails": 0, "totalThreads": 0,
            "unreadThreads": 0, "isSubscribed": true, "myRights": {
                "mayReadItems": true, "mayAddItems": true, "mayRemoveItems": true, "maySetSeen": true,
                "maySetKeywords": true, "mayCreateChild": true, "mayRename": true, "mayDelete": true,
                "maySubmit": true,
            },
        }),
        DataType::Email => mail(&id, number),
        DataType::Calendar => json!({"id": id, "name": name}),
        DataType::CalendarEvent => json!({
            "id": id, "calendarIds": {"C000": true}, "title": name,
            "tornister.app:occurrences": [{"start": noon(date), "end": noon(date.plus_days(1))}],
        }),
        DataType::Task => json!({
            "id": id, "taskListId": "l", "title": name, "due": noon(date), "progress": "needs-action",
        }),
        DataType::Lesson => json!({
            "id": id, "date": date, "period": 1 + number % 9, "start": noon(date), "end": noon(date),
            "number": number, "subject": "M", "subjectName": name, "teachers": [], "rooms": [],
        }),
        DataType::DayNote => json!({"id": id, "date": date, "title": name}),
    }
}

fn noon(date: LocalDate) -> LocalDateTime {
    LocalDateTime(date.0.and_hms_opt(12, 0, 0).expect("noon"))
}

fn mail(id: &str, number: u32) -> Value {
    let days = [0, 0, 1, 5, 40, 85, 100, 300, 700][number as usize % 9];
    let received = UtcDate(beginning().0 - TimeDelta::days(days) + TimeDelta::minutes(i64::from(number / 2)));
    let mut keywords = json!({});
    if number % 2 == 1 {
        keywords["$seen"] = json!(true);
    }
    if number % 5 == 4 {
        keywords["$flagged"] = json!(true);
    }
    let attachments = match number % 4 {
        0 => json!([{"partId": "2", "blobId": format!("b{number}"), "size": 3, "type": "image/png"}]),
        1 => json!([{"partId": "2", "blobId": "film", "size": 9_000_000, "type": "video/mp4"}]),
        2 => json!([{"partId": "2", "blobId": "lost", "size": 3, "type": "text/plain"}]),
        _ => json!([]),
    };
    json!({
        "id": id, "blobId": "b", "threadId": format!("t{}", number % 3), "mailboxIds": {"M000": true},
        "keywords": keywords, "size": 100, "receivedAt": received, "subject": format!("Nachricht {number}"),
        "hasAttachment": false, "preview": "", "textBody": [], "htmlBody": [], "attachments": attachments,
        "bodyValues": {},
    })
}

/// The object after the school has changed it; by a mail's nature only its place and its keywords
/// change.
pub fn edited(data_type: DataType, mut object: Value, number: u32) -> Value {
    match data_type {
        DataType::Email => {
            object["mailboxIds"] = json!({format!("M{:03}", number % 3): true});
            let keywords = object["keywords"].as_object_mut().expect("keywords");
            if keywords.remove("$flagged").is_none() {
                keywords.insert("$flagged".to_owned(), json!(true));
            }
        }
        DataType::Mailbox | DataType::Calendar => object["name"] = json!(format!("anders {number}")),
        DataType::CalendarEvent | DataType::Task => object["title"] = json!(format!("anders {number}")),
        DataType::Lesson | DataType::DayNote => {
            let date: LocalDate = object["date"].as_str().expect("a date").parse().expect("a date");
            object["date"] = json!(date.plus_days([7, -7, 21][number as usize % 3]));
        }
    }
    object
}

/// The object after another device of the user's has set what this one sets.
pub fn set_elsewhere(data_type: DataType, mut object: Value) -> Value {
    if data_type == DataType::Task {
        let other = if object["progress"] == "completed" { "needs-action" } else { "completed" };
        object["progress"] = json!(other);
        return object;
    }
    let keywords = object["keywords"].as_object_mut().expect("keywords");
    if keywords.remove("$seen").is_none() {
        keywords.insert("$seen".to_owned(), json!(true));
    }
    object
}
