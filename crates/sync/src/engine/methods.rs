//! How each type is asked for: which properties, and in which order its objects come.

use chrono::NaiveTime;
use serde_json::{Map, Value, json};
use tornister_protocol::{
    mail::{Email, EmailBody, keyword},
    tasks::Progress,
    time::LocalDate,
};

use super::point::Fill;
use crate::kind::DataType;

/// At most so many ids in one answer to `/changes`, and objects in a page; well under the least
/// `maxObjectsInGet` that RFC 8620 §2 suggests.
pub(super) const MOST_CHANGES: usize = 250;
/// Changes of the user's in one request, and objects asked for by id.
pub(super) const MOST_BY_ID: usize = 100;
/// Bodies asked for by id in one request.
pub(super) const MOST_BODIES: usize = 50;
/// Events of so many days come first.
const SOON_DAYS: i64 = 14;
/// A longer text is cut; the whole message stays on the server.
const MOST_BODY_BYTES: usize = 256 * 1024;

/// Arguments of a `/get` beyond `accountId` and `ids`.
pub(super) type Part = Map<String, Value>;

fn properties(names: &[&str]) -> Part {
    Map::from_iter([("properties".to_owned(), json!(names))])
}

/// The type's own objects.
pub(super) fn main_part(data_type: DataType) -> Part {
    if data_type == DataType::Email { properties(&Email::PROPERTIES) } else { Map::new() }
}

/// What is fetched once, when a mail is new, because it never changes.
pub(super) fn body_part() -> Part {
    let mut arguments = properties(&EmailBody::PROPERTIES);
    arguments.insert("bodyProperties".to_owned(), json!(EmailBody::BODY_PROPERTIES));
    arguments.insert("fetchTextBodyValues".to_owned(), Value::Bool(true));
    arguments.insert("maxBodyValueBytes".to_owned(), json!(MOST_BODY_BYTES));
    arguments
}

/// All that may change of a mail (RFC 8621 §4).
pub(super) fn mutable_part() -> Part {
    properties(&["id", "mailboxIds", "keywords"])
}

/// What is fetched of each object of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The object itself.
    Object,
    /// A mail's header and body.
    WithBody,
    /// Only what may have changed of what is there already.
    Mutable,
}

/// The pages of one phase of filling.
pub(super) struct Query {
    pub filter: Value,
    pub sort: Value,
    pub limit: usize,
    pub extent: Extent,
}

/// Phases of filling, by number; part of the storage format.
const NEWEST: usize = 0;
const RECENT: usize = 1;
const UNREAD: usize = 2;
const FLAGGED: usize = 3;
const HEADERS: usize = 4;
/// The user wants more bodies than before.
pub(super) const MORE_BODIES: usize = 6;
const COMPARE: usize = 8;
/// No pages are left, only ids to ask for.
pub(super) const BY_ID: usize = 100;

/// The query of the fill's phase; `None` where no pages are left, and for types that are fetched
/// whole, by `/get` of all.
pub(super) fn query(data_type: DataType, fill: &Fill) -> Option<Query> {
    use Extent::{Mutable, Object, WithBody};
    let query = |filter: Value, property: &str, ascending: bool, limit, extent| {
        let sort = match property {
            "" => Value::Null,
            _ => json!([{"property": property, "isAscending": ascending}]),
        };
        Some(Query { filter, sort, limit, extent })
    };
    let mail = |filter, limit, extent| query(filter, "receivedAt", false, limit, extent);
    let since = format!("{}T00:00:00Z", fill.bodies_since);
    // What lies before both was neither among the newest nor is it recent.
    let before = fill.until.map_or_else(|| since.clone(), |until| since.clone().min(until.to_string()));
    let monday = fill.today.monday();
    match (data_type, fill.phase) {
        (DataType::Email, NEWEST) => mail(Value::Null, 50, WithBody),
        (DataType::Email, RECENT | MORE_BODIES) => {
            mail(json!({"after": since, "before": fill.until}), 100, WithBody)
        }
        (DataType::Email, UNREAD) => {
            mail(json!({"before": before, "notKeyword": keyword::SEEN}), 100, WithBody)
        }
        (DataType::Email, FLAGGED) => {
            mail(json!({"before": before, "hasKeyword": keyword::FLAGGED}), 100, WithBody)
        }
        (DataType::Email, HEADERS) => mail(json!({"before": before}), MOST_CHANGES, Object),
        (DataType::Email, COMPARE) => mail(Value::Null, MOST_CHANGES, Mutable),
        // This week and what comes, then the past.
        (DataType::Lesson, 0) => query(json!({"after": monday}), "date", true, MOST_CHANGES, Object),
        (DataType::Lesson, 1) => query(json!({"before": monday}), "date", false, MOST_CHANGES, Object),
        // What the next two weeks bring, and what is still to be done; then the rest.
        (DataType::CalendarEvent, 0) => query(soon(fill.today), "", true, MOST_CHANGES, Object),
        (DataType::CalendarEvent, 1) => query(not(&soon(fill.today)), "", true, MOST_CHANGES, Object),
        (DataType::Task, 0) => query(open(), "", true, MOST_CHANGES, Object),
        (DataType::Task, 1) => query(not(&open()), "", true, MOST_CHANGES, Object),
        _ => None,
    }
}

/// Events that are needed first.
fn soon(today: LocalDate) -> Value {
    let midnight = |date: LocalDate| date.at(NaiveTime::MIN);
    json!({"after": midnight(today), "before": midnight(today.plus_days(SOON_DAYS))})
}

/// Homework that is needed first.
fn open() -> Value {
    json!({"progress": [Progress::NeedsAction, Progress::InProcess]})
}

fn not(filter: &Value) -> Value {
    json!({"operator": "NOT", "conditions": [filter]})
}

/// Where a resynchronisation begins. A mail's bulk never changes, so its ids are compared with what
/// is there, along with the little that may have changed; of other types everything may have.
pub(super) fn first_phase_of_sweep(data_type: DataType) -> usize {
    if data_type == DataType::Email { COMPARE } else { 0 }
}

/// Whether the phase is over after its first page.
pub(super) fn is_one_page(data_type: DataType, phase: usize) -> bool {
    data_type == DataType::Email && phase == NEWEST
}

/// Whether a type is filled page by page.
pub(super) fn is_paged(data_type: DataType) -> bool {
    matches!(data_type, DataType::Email | DataType::Lesson | DataType::CalendarEvent | DataType::Task)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A phone that was interrupted goes on by a newer version with the number that it has kept.
    #[test]
    fn the_numbers_of_phases_are_frozen() {
        let today = "2026-11-18".parse().unwrap();
        let mut begun = Fill::begin(today, "2026-08-20".parse().unwrap());
        begun.until = Some("2026-11-17T06:31:00Z".parse().unwrap());
        let mut found = Vec::new();
        for data_type in [DataType::Email, DataType::Lesson, DataType::CalendarEvent, DataType::Task] {
            for phase in 0..=BY_ID {
                if let Some(query) = query(data_type, &Fill { phase, ..begun.clone() }) {
                    found.push((data_type.name(), phase, query.filter, query.extent));
                }
            }
        }
        let recent = json!({"after": "2026-08-20T00:00:00Z", "before": "2026-11-17T06:31:00Z"});
        let soon = json!({"after": "2026-11-18T00:00:00", "before": "2026-12-02T00:00:00"});
        let open = json!({"progress": ["needs-action", "in-process"]});
        let not = |filter: &Value| json!({"operator": "NOT", "conditions": [filter]});
        let before = "2026-08-20T00:00:00Z";
        let frozen = [
            ("Email", 0, Value::Null, Extent::WithBody),
            ("Email", 1, recent.clone(), Extent::WithBody),
            ("Email", 2, json!({"before": before, "notKeyword": "$seen"}), Extent::WithBody),
            ("Email", 3, json!({"before": before, "hasKeyword": "$flagged"}), Extent::WithBody),
            ("Email", 4, json!({"before": before}), Extent::Object),
            ("Email", 6, recent, Extent::WithBody),
            ("Email", 8, Value::Null, Extent::Mutable),
            ("Lesson", 0, json!({"after": "2026-11-16"}), Extent::Object),
            ("Lesson", 1, json!({"before": "2026-11-16"}), Extent::Object),
            ("CalendarEvent", 0, soon.clone(), Extent::Object),
            ("CalendarEvent", 1, not(&soon), Extent::Object),
            ("Task", 0, open.clone(), Extent::Object),
            ("Task", 1, not(&open), Extent::Object),
        ];
        assert_eq!(found, frozen);
        assert_eq!(
            (BY_ID, first_phase_of_sweep(DataType::Email), first_phase_of_sweep(DataType::Task)),
            (100, 8, 0)
        );
    }
}
