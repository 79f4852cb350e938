//! Homework: each pupil of a class has a copy, whose progress is the pupil's own. The class's is kept beside,
//! so that who comes later gets it, too.

use serde_json::{Value, json};
use tornister_formats::school::TaskItem;
use tornister_protocol::tasks::{Progress, Task, TaskList};

use super::sources::{self, Items};
use crate::backend::{
    BackendError, Kind as _, Object,
    embedded::{
        change::{Change, Item},
        class_scope, collection,
        state::derived_id,
        user_scope,
    },
    select::text,
};

/// The source of the copies.
const CLASS: &str = "class";

/// Makes these the homework of a class that comes from a source.
pub async fn keep(
    change: &mut Change,
    source: &str,
    class: &str,
    tasks: &[&TaskItem],
) -> Result<(), BackendError> {
    sqlx::query("DELETE FROM class_task WHERE class = ?1 AND source = ?2")
        .bind(class)
        .bind(source)
        .execute(&mut *change.transaction)
        .await?;
    for item in tasks {
        sqlx::query(
            "INSERT INTO class_task (class, uid, source, json) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (class, uid) DO UPDATE SET source = excluded.source, json = excluded.json",
        )
        .bind(class)
        .bind(&item.uid)
        .bind(source)
        .bind(serde_json::to_string(&item.task)?)
        .execute(&mut *change.transaction)
        .await?;
    }
    Ok(())
}

/// Classes that have homework from a source.
pub async fn classes_of(change: &mut Change, source: &str) -> Result<Vec<String>, BackendError> {
    let classes = sqlx::query_scalar("SELECT DISTINCT class FROM class_task WHERE source = ?1").bind(source);
    Ok(classes.fetch_all(&mut *change.transaction).await?)
}

/// Gives every pupil of a class its homework.
pub async fn distribute_to(change: &mut Change, class: &str) -> Result<(), BackendError> {
    let logins: Vec<String> = sqlx::query_scalar("SELECT login FROM person WHERE class = ?1 ORDER BY login")
        .bind(class)
        .fetch_all(&mut *change.transaction)
        .await?;
    for login in logins {
        distribute(change, &login, Some(class)).await?;
    }
    Ok(())
}

/// Gives somebody the homework of their class, and takes that of another one.
pub async fn distribute(change: &mut Change, login: &str, class: Option<&str>) -> Result<(), BackendError> {
    let scope = user_scope(login);
    let list = derived_id('L', &[&scope, "homework"]);
    let mut tasks = Items::new();
    if let Some(class) = class {
        ensure_list(change, &scope, &list, "Hausaufgaben", 0).await?;
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT uid, json FROM class_task WHERE class = ?1 ORDER BY uid")
                .bind(class)
                .fetch_all(&mut *change.transaction)
                .await?;
        for (uid, json) in rows {
            let id = derived_id('K', &[&scope, &class_scope(class), &uid]);
            let task = with_progress(change, &scope, &id, &list, serde_json::from_str(&json)?).await?;
            tasks.insert(id, task);
        }
    }
    sources::put(change, CLASS, (&scope, Task::NAME), &tasks).await
}

/// Makes these the own tasks of somebody that come from a source.
pub async fn put_own(
    change: &mut Change,
    source: &str,
    login: &str,
    tasks: &[&TaskItem],
) -> Result<(), BackendError> {
    let scope = user_scope(login);
    let list = derived_id('L', &[&scope, "private"]);
    if !tasks.is_empty() {
        ensure_list(change, &scope, &list, "Eigene Aufgaben", 1).await?;
    }
    let mut items = Items::new();
    for item in tasks {
        let id = derived_id('K', &[&scope, &scope, &item.uid]);
        let task = with_progress(change, &scope, &id, &list, item.task.clone()).await?;
        items.insert(id, task);
    }
    sources::put(change, source, (&scope, Task::NAME), &items).await
}

/// A list that is there stays as its owner has made it, but for what they may do with it.
async fn ensure_list(
    change: &mut Change,
    scope: &str,
    id: &str,
    name: &str,
    order: u32,
) -> Result<(), BackendError> {
    let Value::Object(mut list) = collection::list(order > 0) else { return Ok(()) };
    if let Some(mut old) = change.read(scope, TaskList::NAME, id).await? {
        old.extend(list.remove_entry("myRights"));
        list = old;
    } else {
        for (name, value) in [("id", json!(id)), ("name", json!(name)), ("sortOrder", json!(order))] {
            list.insert(name.to_owned(), value);
        }
    }
    change.put(scope, TaskList::NAME, id, &Item::plain(list)).await?;
    Ok(())
}

/// The task as the school says it, with the progress that its owner has made, and since when.
async fn with_progress(
    change: &mut Change,
    scope: &str,
    id: &str,
    list: &str,
    mut task: Object,
) -> Result<Item, BackendError> {
    let old = change.read(scope, Task::NAME, id).await?.unwrap_or_default();
    let mut kept = vec!["progress"];
    if old.contains_key("progressUpdated") {
        kept.push("progressUpdated");
        // Moments as texts stand in their order.
        if text(&old, "updated") > text(&task, "updated") {
            kept.push("updated");
        }
    }
    for name in kept {
        if let Some(value) = old.get(name) {
            task.insert(name.to_owned(), value.clone());
        }
    }
    task.entry("progress").or_insert_with(|| json!(Progress::NeedsAction));
    task.insert("id".to_owned(), json!(id));
    task.insert("taskListId".to_owned(), json!(list));
    Ok(Item::plain(task))
}
