//! What the user did and the server has not heard yet. Each change sets a value, so that doing it
//! twice is doing it once: a change whose answer was lost is simply sent again.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tornister_protocol::{core::SetErrorKind, tasks::Progress};

use crate::{
    kind::DataType,
    record::{BadObject, Record},
};

/// A change of one property of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "change")]
pub enum Change {
    /// Sets or removes a mail's keyword, such as `$seen`.
    #[serde(rename_all = "camelCase")]
    Keyword {
        /// The mail.
        email_id: String,
        /// The keyword.
        keyword: String,
        /// Whether it is to be there.
        present: bool,
    },
    /// Sets how far a homework is.
    #[serde(rename_all = "camelCase")]
    Progress {
        /// The homework.
        task_id: String,
        /// How far.
        progress: Progress,
    },
    /// A change that another version of the app queued; kept, skipped and not sent.
    #[serde(other)]
    Unknown,
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
    fn write_to(&self, object: &mut Map<String, Value>) {
        match self {
            Self::Keyword { keyword, present, .. } => {
                let keywords = object.entry("keywords").or_insert_with(|| json!({}));
                if let Value::Object(keywords) = keywords {
                    if *present {
                        keywords.insert(keyword.clone(), Value::Bool(true));
                    } else {
                        keywords.remove(keyword);
                    }
                }
            }
            Self::Progress { progress, .. } => {
                object.insert("progress".to_owned(), json!(progress));
            }
            Self::Unknown => {}
        }
    }
}

/// A queued change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its number: later ones are larger.
    pub number: u64,
    /// What to do.
    pub change: Change,
    /// Where it stands.
    #[serde(default)]
    pub status: Status,
}

/// Where a queued change stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "status")]
pub enum Status {
    /// To be sent; perhaps it was sent and the answer was lost.
    #[default]
    Pending,
    /// The server refused for good. The user is told; the row goes when they have seen it.
    Refused {
        /// The server's reason.
        reason: SetErrorKind,
        /// Whether the server's own object has replaced the one that showed the change.
        restored: bool,
    },
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
    let before: Map<String, Value> = serde_json::from_str(json).map_err(bad)?;
    let mut after = before.clone();
    for change in changes {
        change.write_to(&mut after);
    }
    if after == before {
        return Ok(None);
    }
    let json = serde_json::to_string(&after).map_err(bad)?;
    Record::from_json(kind, &json).map(Some)
}
