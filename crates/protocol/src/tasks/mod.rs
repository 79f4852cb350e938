//! JMAP Tasks (draft-ietf-jmap-tasks) over JSCalendar's JSTask (RFC 8984 §5.2): homework.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{TaskId, TaskListId},
    time::LocalDateTime,
};

/// A list of tasks, such as all homework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskList {
    /// Its id.
    pub id: TaskListId,
    /// Such as `Hausaufgaben`.
    pub name: String,
    /// Small first.
    #[serde(default)]
    pub sort_order: u32,
}

/// A piece of homework. The app reads these of its JSTask properties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The list it is in.
    pub task_list_id: TaskListId,
    /// What is to be done, in a line.
    #[serde(default)]
    pub title: String,
    /// Plain text, may be long.
    #[serde(default)]
    pub description: String,
    /// When it was set (R21).
    #[serde(default)]
    pub start: Option<LocalDateTime>,
    /// When it is due (R21); midnight where only the day is known.
    #[serde(default)]
    pub due: Option<LocalDateTime>,
    /// Only the days of `start` and `due` mean something.
    #[serde(default)]
    pub show_without_time: bool,
    /// How far the pupil is.
    #[serde(default)]
    pub progress: Progress,
    /// Subjects as JSCalendar categories; the keys are what people read, such as `Mathematik`.
    #[serde(default)]
    pub categories: BTreeMap<String, bool>,
}

impl Task {
    /// The subject, where the homework names one.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.categories.keys().next().map(String::as_str)
    }
}

/// How far a task is (RFC 8984 §5.2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Not begun.
    #[default]
    NeedsAction,
    /// Begun.
    InProcess,
    /// Done.
    Completed,
    /// Could not be done.
    Failed,
    /// No longer wanted.
    Cancelled,
}

impl Progress {
    /// As it travels and is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NeedsAction => "needs-action",
            Self::InProcess => "in-process",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::NeedsAction | Self::InProcess)
    }
}
