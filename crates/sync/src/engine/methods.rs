//! How each type is asked for.

use serde_json::{Map, Value, json};
use tornister_protocol::{
    mail::{Email, EmailBody},
    time::LocalDate,
};

use crate::kind::{DataType, Kind};

/// At most so many ids in one answer to `/changes`; well under the least `maxObjectsInGet` that RFC
/// 8620 §2 suggests.
pub(super) const MOST_CHANGES: usize = 250;
/// Changes of the user's in one request.
pub(super) const MOST_SETS: usize = 100;

/// One `/get` behind an object: a mail is two.
pub(super) struct Part {
    /// What its objects are stored as.
    pub kind: Kind,
    /// Beyond `accountId` and `ids`.
    pub arguments: Map<String, Value>,
}

/// The type's own objects.
pub(super) fn main_part(data_type: DataType) -> Part {
    let mut arguments = Map::new();
    if data_type == DataType::Email {
        arguments.insert("properties".to_owned(), json!(Email::PROPERTIES));
    }
    Part { kind: data_type.kind(), arguments }
}

/// What is fetched once, when an object is new, because it never changes.
pub(super) fn constant_part(data_type: DataType) -> Option<Part> {
    if data_type != DataType::Email {
        return None;
    }
    let mut arguments = Map::new();
    arguments.insert("properties".to_owned(), json!(EmailBody::PROPERTIES));
    arguments.insert("bodyProperties".to_owned(), json!(EmailBody::BODY_PROPERTIES));
    arguments.insert("fetchTextBodyValues".to_owned(), Value::Bool(true));
    arguments.insert("maxBodyValueBytes".to_owned(), json!(MOST_BODY_BYTES));
    Some(Part { kind: Kind::EmailBody, arguments })
}

/// A longer text is cut; the whole message stays on the server.
const MOST_BODY_BYTES: usize = 256 * 1024;

/// The pages of one phase of filling: filter and sort of a query, and the page size. `None` beyond
/// the last phase. Types without pages are fetched whole, by `/get` of all.
pub(super) fn query(data_type: DataType, phase: usize, monday: LocalDate, first: bool) -> Option<Query> {
    let sort = |property: &str, ascending: bool| json!([{"property": property, "isAscending": ascending}]);
    match (data_type, phase) {
        // The newest fifty are readable first.
        (DataType::Email, 0) => Some(Query {
            filter: Value::Null,
            sort: sort("receivedAt", false),
            limit: if first { 50 } else { 100 },
        }),
        // This week and what comes, then the past.
        (DataType::Lesson, 0) => {
            Some(Query { filter: json!({"after": monday}), sort: sort("date", true), limit: 250 })
        }
        (DataType::Lesson, 1) => {
            Some(Query { filter: json!({"before": monday}), sort: sort("date", false), limit: 250 })
        }
        (DataType::CalendarEvent | DataType::Task, 0) => {
            Some(Query { filter: Value::Null, sort: Value::Null, limit: 250 })
        }
        _ => None,
    }
}

/// See [`query`].
pub(super) struct Query {
    pub filter: Value,
    pub sort: Value,
    pub limit: usize,
}

/// Whether a type is filled page by page.
pub(super) fn is_paged(data_type: DataType) -> bool {
    matches!(data_type, DataType::Email | DataType::Lesson | DataType::CalendarEvent | DataType::Task)
}
