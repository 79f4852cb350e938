//! What the user did and the server has not heard yet. Each change sets a value, so that doing it
//! twice is doing it once; it has a name, under which the server does it once even if another device has
//! undone it since; and it is sent with the state that it was made for, so that a request which arrives
//! late, after the user has changed their mind, does nothing.

use std::collections::BTreeMap;

use serde::{
    Deserialize, Serialize,
    de::{IntoDeserializer as _, value::Error as ValueError},
};
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};
use tornister_protocol::{core::SetErrorKind, tasks::Progress};

use crate::{
    json,
    kind::DataType,
    record::{BadObject, Record},
};

/// A change of one property of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FlatChange", into = "FlatChange")]
pub enum Change {
    /// Sets or removes a mail's keyword, such as `$seen`.
    Keyword {
        /// The mail.
        email_id: String,
        /// The keyword.
        keyword: String,
        /// Whether it is to be there.
        present: bool,
    },
    /// Sets how far a homework is.
    Progress {
        /// The homework.
        task_id: String,
        /// How far.
        progress: Progress,
    },
    /// A change that another version of the app queued; kept, skipped and not sent.
    Unknown,
}

/// A change as it is stored: part of the storage format. Flat, because it can name what no version
/// knows yet, and because tagged enums cost the phone a buffering parser.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FlatChange {
    change: String,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    keyword: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    present: Option<bool>,
    /// As text: it may be one that another version knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<String>,
}

impl From<FlatChange> for Change {
    fn from(flat: FlatChange) -> Self {
        match (flat.change.as_str(), flat.keyword, flat.present, flat.progress) {
            ("keyword", Some(keyword), Some(present), _) => {
                Self::Keyword { email_id: flat.id, keyword, present }
            }
            ("progress", _, _, Some(progress)) => {
                let known: Result<Progress, ValueError> = Progress::deserialize(progress.into_deserializer());
                known.map_or(Self::Unknown, |progress| Self::Progress { task_id: flat.id, progress })
            }
            _ => Self::Unknown,
        }
    }
}

impl From<Change> for FlatChange {
    fn from(change: Change) -> Self {
        match change {
            Change::Keyword { email_id, keyword, present } => Self {
                change: "keyword".to_owned(),
                id: email_id,
                keyword: Some(keyword),
                present: Some(present),
                progress: None,
            },
            Change::Progress { task_id, progress } => Self {
                change: "progress".to_owned(),
                id: task_id,
                progress: Some(progress.name().to_owned()),
                ..Self::default()
            },
            Change::Unknown => Self::default(),
        }
    }
}

impl Change {
    /// The type and id of the object; `None` for an unknown change.
    #[must_use]
    pub fn target(&self) -> Option<(DataType, &str)> {
        match self {
            Self::Keyword { email_id, .. } => Some((DataType::Email, email_id)),
            Self::Progress { task_id, .. } => Some((DataType::Task, task_id)),
            Self::Unknown => None,
        }
    }

    /// Whether this change makes `earlier` pointless: the same property of the same object.
    #[must_use]
    pub fn overrides(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (
                Self::Keyword { email_id, keyword, .. },
                Self::Keyword { email_id: earlier_id, keyword: earlier_keyword, .. },
            ) => email_id == earlier_id && keyword == earlier_keyword,
            (Self::Progress { task_id, .. }, Self::Progress { task_id: earlier_id, .. }) => {
                task_id == earlier_id
            }
            _ => false,
        }
    }

    /// The patch for a `/set`: a path in the object and its new value (RFC 8620 §5.3).
    #[must_use]
    pub fn patch(&self) -> Option<(String, Value)> {
        match self {
            Self::Keyword { keyword, present, .. } => {
                let path = format!("keywords/{}", keyword.replace('~', "~0").replace('/', "~1"));
                Some((path, if *present { Value::Bool(true) } else { Value::Null }))
            }
            Self::Progress { progress, .. } => Some(("progress".to_owned(), json!(progress))),
            Self::Unknown => None,
        }
    }

    /// Changes the object itself, as the server will.
    /// Whether that changed anything. Only the property concerned is read: the rest stays as it is.
    fn write_to(&self, object: &mut Properties) -> Result<bool, serde_json::Error> {
        match self {
            Self::Keyword { keyword, present, .. } => {
                let mut keywords: Properties = match object.get("keywords") {
                    Some(keywords) => json::read_text(keywords.get())?,
                    None => Properties::new(),
                };
                let set = to_raw_value(&true)?;
                let is_set = keywords.get(keyword).is_some_and(|value| value.get() == set.get());
                if *present {
                    keywords.insert(keyword.clone(), set);
                } else {
                    keywords.remove(keyword);
                }
                object.insert("keywords".to_owned(), to_raw_value(&keywords)?);
                Ok(is_set != *present)
            }
            Self::Progress { progress, .. } => {
                let value = to_raw_value(progress)?;
                let text = value.get().to_owned();
                let before = object.insert("progress".to_owned(), value);
                Ok(before.is_none_or(|before| before.get() != text))
            }
            Self::Unknown => Ok(false),
        }
    }
}

/// An object's properties, each as its JSON text.
type Properties = BTreeMap<String, Box<RawValue>>;

/// A queued change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its number: later ones are larger.
    pub number: u64,
    /// What to do.
    pub change: Change,
    /// Its name, which nothing else on any device has: under it the server does it once, however often it
    /// is sent. Earlier versions gave none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub operation: String,
    /// Where it stands.
    #[serde(default)]
    pub status: Status,
}

/// Where a queued change stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FlatStatus", into = "FlatStatus")]
pub enum Status {
    /// To be sent. A later change of the same property takes its place.
    #[default]
    Pending,
    /// It was sent, and nobody knows whether it arrived: the answer is under way or lost, or the
    /// process died. It is sent again, to be done only in a state in which the server's own changes
    /// have not shown it as done. From here on it keeps its place: who undoes it is sent after it.
    Sent,
    /// The server refused for good. The user is told; the row goes when they have seen it.
    Refused {
        /// The server's reason.
        reason: SetErrorKind,
        /// Whether the server's own object has replaced the one that showed the change.
        restored: bool,
    },
    /// The row cannot be read any more, so nobody knows what it was; its change is [`Change::Unknown`]. The user
    /// is told; the row goes when they have seen it.
    Lost {
        /// Whether all that it may have changed is being compared with what the server has.
        restored: bool,
    },
}

impl OutboxRow {
    /// A row of which only the number can be read.
    #[must_use]
    pub fn lost(number: u64) -> Self {
        let status = Status::Lost { restored: false };
        Self { number, change: Change::Unknown, operation: String::new(), status }
    }
}

impl Status {
    /// Whether the change is still to reach the server, as far as anybody knows.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self, Self::Pending | Self::Sent)
    }
}

/// A status as it is stored: part of the storage format.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct FlatStatus {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<SetErrorKind>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    lost: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    restored: bool,
}

impl From<FlatStatus> for Status {
    fn from(flat: FlatStatus) -> Self {
        match flat.refused {
            Some(reason) => Self::Refused { reason, restored: flat.restored },
            None if flat.lost => Self::Lost { restored: flat.restored },
            None if flat.sent => Self::Sent,
            None => Self::Pending,
        }
    }
}

impl From<Status> for FlatStatus {
    fn from(status: Status) -> Self {
        let flat = Self::default();
        match status {
            Status::Pending => flat,
            Status::Sent => Self { sent: true, ..flat },
            Status::Refused { reason, restored } => Self { refused: Some(reason), restored, ..flat },
            Status::Lost { restored } => Self { lost: true, restored, ..flat },
        }
    }
}

/// Whether an object of the server's shows a change already.
#[must_use]
pub fn is_done(data_type: DataType, record: &Record, change: &Change) -> bool {
    let json = String::from_utf8_lossy(&record.payload);
    matches!(apply(data_type, &json, [change]), Ok(None))
}

/// What people call a homework or a mail: its title or subject, where it has one.
#[must_use]
pub fn name_of(payload: &[u8]) -> Option<String> {
    let object: Properties = json::read(payload).ok()?;
    let name = object.get("title").or_else(|| object.get("subject"))?;
    json::read_text(name.get()).ok()
}

/// Lays changes over an object's JSON text, oldest first; `None` where nothing differs after.
///
/// # Errors
/// Where the text is not an object of the changes' type.
pub fn apply<'a>(
    data_type: DataType,
    json: &str,
    changes: impl IntoIterator<Item = &'a Change>,
) -> Result<Option<Record>, BadObject> {
    let kind = data_type.kind();
    let bad = |source| BadObject { kind, source };
    let mut object: Properties = json::read_text(json).map_err(bad)?;
    let mut changed = false;
    for change in changes {
        changed |= change.write_to(&mut object).map_err(bad)?;
    }
    if !changed {
        return Ok(None);
    }
    let json = serde_json::to_string(&object).map_err(bad)?;
    Record::from_json(kind, &json).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(change: Change, status: Status) -> OutboxRow {
        OutboxRow { number: 7, change, operation: "n1".to_owned(), status }
    }

    #[test]
    fn what_is_stored_is_frozen() {
        let keyword =
            Change::Keyword { email_id: "m1".to_owned(), keyword: "$seen".to_owned(), present: true };
        let progress = Change::Progress { task_id: "t1".to_owned(), progress: Progress::Completed };
        let refused = Status::Refused { reason: SetErrorKind::Forbidden, restored: true };
        let frozen = [
            (
                row(keyword.clone(), Status::Pending),
                r#"{"number":7,"change":{"change":"keyword","id":"m1","keyword":"$seen","present":true},"operation":"n1","status":{}}"#,
            ),
            (
                row(keyword, Status::Sent),
                r#"{"number":7,"change":{"change":"keyword","id":"m1","keyword":"$seen","present":true},"operation":"n1","status":{"sent":true}}"#,
            ),
            (
                row(progress, refused),
                r#"{"number":7,"change":{"change":"progress","id":"t1","progress":"completed"},"operation":"n1","status":{"refused":"forbidden","restored":true}}"#,
            ),
            (
                row(Change::Unknown, Status::Lost { restored: true }),
                r#"{"number":7,"change":{"change":"","id":""},"operation":"n1","status":{"lost":true,"restored":true}}"#,
            ),
        ];
        for (row, text) in frozen {
            assert_eq!(serde_json::to_string(&row).unwrap(), text);
            assert_eq!(serde_json::from_str::<OutboxRow>(text).unwrap(), row);
        }
    }

    #[test]
    fn a_change_of_another_version_is_kept_as_unknown() {
        for change in [
            r#"{"change":"handIn","id":"t1","file":"aufsatz.pdf"}"#,
            r#"{"change":"progress","id":"t1","progress":"handed-in"}"#,
        ] {
            let row: OutboxRow =
                serde_json::from_str(&format!(r#"{{"number":8,"change":{change}}}"#)).unwrap();
            assert_eq!(
                (row.change, row.operation.as_str(), row.status),
                (Change::Unknown, "", Status::Pending)
            );
        }
    }
}
