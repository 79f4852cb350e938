//! Task lists and tasks: what can be asked of them. The tasks draft leaves the filters of `Task/query` open;
//! these are ours, and `docs/protocol.md` describes them.

use std::cmp::Ordering;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use tornister_protocol::{tasks::Task, time::LocalDateTime};

use super::{
    Filter, NoOptions, Object,
    collation::casemap,
    event_filter::{in_any, is_found_in},
    select::{Selectable, text},
    words::{Term, terms},
};

/// A FilterCondition; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskCondition {
    /// In one of these lists.
    in_task_lists: Option<Vec<String>>,
    /// Due at this time or later; a task without a time to be done by is not.
    due_after: Option<LocalDateTime>,
    /// Due before this; likewise.
    due_before: Option<LocalDateTime>,
    /// One of these.
    progress: Option<Vec<String>>,
    /// Has one of these.
    categories: Option<Vec<String>>,
    text: Option<String>,
    title: Option<String>,
    description: Option<String>,
    uid: Option<String>,
}

impl Selectable for Task {
    const SORTS: &'static [&'static str] =
        &["due", "start", "title", "progress", "priority", "sortOrder", "created", "updated", "uid"];

    fn holds(condition: &TaskCondition, task: &Object, _: &NoOptions) -> bool {
        let due: Option<LocalDateTime> = text(task, "due").parse().ok();
        let only = |name: &str| -> Object {
            task.get(name).map(|value| (name.to_owned(), value.clone())).into_iter().collect()
        };
        in_any(task, "taskListId", condition.in_task_lists.as_deref())
            && in_any(task, "categories", condition.categories.as_deref())
            && condition.due_after.is_none_or(|after| due.is_some_and(|due| due >= after))
            && condition.due_before.is_none_or(|before| due.is_some_and(|due| due < before))
            && condition.progress.as_ref().is_none_or(|wanted| wanted.iter().any(|one| one == progress(task)))
            && condition.uid.as_ref().is_none_or(|uid| uid == text(task, "uid"))
            && is_found_in(condition.title.as_ref(), &only("title"))
            && is_found_in(condition.description.as_ref(), &only("description"))
            && is_found_in(condition.text.as_ref(), task)
    }

    fn needed_terms(filter: &Filter<TaskCondition>) -> Vec<Term> {
        let needed = filter.needed().into_iter();
        let wanted = needed.flat_map(|condition| [&condition.text, &condition.title, &condition.description]);
        wanted.flatten().flat_map(|wanted| terms(wanted)).collect()
    }

    fn compare(property: &str, a: &Object, b: &Object) -> Ordering {
        let number = |task: &Object| task.get(property).and_then(Value::as_u64).unwrap_or_default();
        match property {
            "priority" | "sortOrder" => number(a).cmp(&number(b)),
            "progress" => step(a).cmp(&step(b)),
            "title" => casemap(text(a, property)).cmp(&casemap(text(b, property))),
            // What has no time stands last.
            "due" | "start" => {
                let key = |task: &Object| (text(task, property).is_empty(), text(task, property).to_owned());
                key(a).cmp(&key(b))
            }
            _ => text(a, property).cmp(text(b, property)),
        }
    }
}

/// RFC 8984 §5.2.5.
fn progress(task: &Object) -> &str {
    Some(text(task, "progress")).filter(|progress| !progress.is_empty()).unwrap_or("needs-action")
}

/// What is still to be done stands first.
fn step(task: &Object) -> usize {
    let steps = ["needs-action", "in-process", "completed", "failed", "cancelled"];
    steps.iter().position(|step| *step == progress(task)).unwrap_or(steps.len())
}

/// What `TaskList/set` takes besides (draft-ietf-jmap-tasks §3.4).
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskListSetOptions {
    /// Tasks in a list do not protect it; they are destroyed with it.
    pub on_destroy_remove_tasks: bool,
}

/// What `/set` and `/copy` of tasks take besides.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskSetOptions {
    /// Only `/copy` has it: what is there already is told in its own way (RFC 8620 §5.4).
    pub from_account_id: Option<IgnoredAny>,
}
