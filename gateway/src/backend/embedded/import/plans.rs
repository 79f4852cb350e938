//! Calendars, homework, day notes and the timetable.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tornister_formats::school::{CalendarItem, Owner, School, TaskItem};
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent, OCCURRENCES},
    school::{DayNote, Lesson},
    tasks::{Progress, Task, TaskList},
};

use crate::backend::{
    BackendError, Kind, Object,
    embedded::{
        SCHOOL_SCOPE,
        change::{Change, Item},
        class_scope, collection,
        state::derived_id,
        user_scope,
    },
};

type Items = BTreeMap<String, Item>;

/// Scope by scope, so that what has left the folder leaves the scope.
pub async fn import(change: &mut Change, school: &School) -> Result<(), BackendError> {
    let mut scopes = vec![SCHOOL_SCOPE.to_owned()];
    scopes.extend(school.profile.users.iter().map(|user| user_scope(&user.login)));
    for scope in &scopes {
        let (mut calendars, events) = calendars(school, scope);
        keep_default(change, scope, &mut calendars).await?;
        change.put_all(scope, Calendar::NAME, &calendars).await?;
        change.put_all(scope, CalendarEvent::NAME, &events).await?;
    }
    for user in &school.profile.users {
        let scope = user_scope(&user.login);
        let (lists, mut tasks) = tasks(school, &user.login, user.class.as_deref());
        keep_progress(change, &scope, &mut tasks).await?;
        change.put_all(&scope, TaskList::NAME, &lists).await?;
        change.put_all(&scope, Task::NAME, &tasks).await?;
    }
    change.put_all(SCHOOL_SCOPE, DayNote::NAME, &day_notes(school)).await?;

    let mut lessons: BTreeMap<String, Items> = known_classes(change).await?;
    for class_lesson in &school.lessons {
        let Value::Object(object) = serde_json::to_value(&class_lesson.lesson)? else { continue };
        let lesson = &class_lesson.lesson;
        let day = Some((lesson.date.to_string(), i64::from(lesson.period)));
        let class = lessons.entry(class_scope(&class_lesson.class)).or_default();
        class.insert(lesson.id.to_string(), Item { object, day });
    }
    for (scope, items) in &lessons {
        change.put_all(scope, Lesson::NAME, items).await?;
    }
    Ok(())
}

/// Classes that had lessons so far, each without any: one that is dissolved loses them.
async fn known_classes(change: &mut Change) -> Result<BTreeMap<String, Items>, BackendError> {
    let scopes = sqlx::query_scalar("SELECT DISTINCT scope FROM object WHERE type = ?1").bind(Lesson::NAME);
    let scopes: Vec<String> = scopes.fetch_all(&mut *change.transaction).await?;
    Ok(scopes.into_iter().map(|scope| (scope, Items::new())).collect())
}

fn scope_of(owner: &Owner) -> String {
    match owner {
        Owner::School => SCHOOL_SCOPE.to_owned(),
        Owner::Class(class) => class_scope(class),
        Owner::User(login) => user_scope(login),
    }
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

fn calendars(school: &School, scope: &str) -> (Items, Items) {
    let mut calendars = Items::new();
    let mut events = Items::new();
    let of_scope = school.calendars.iter().filter(|calendar| scope_of(&calendar.owner) == scope);
    for (index, calendar) in of_scope.enumerate() {
        let id = derived_id('C', &[scope, &calendar.key]);
        let sort_order = if scope == SCHOOL_SCOPE { index + 1 } else { 0 };
        let is_own = scope != SCHOOL_SCOPE;
        let mut properties = object(collection::calendar(is_own));
        properties.extend(object(json!({
            "id": id,
            "name": calendar.name,
            "color": calendar.color,
            "sortOrder": sort_order,
            "isDefault": is_own && index == 0,
        })));
        calendars.insert(id.clone(), Item::plain(properties));
        add_events(&mut events, scope, &id, calendar);
    }
    (calendars, events)
}

fn add_events(events: &mut Items, scope: &str, calendar_id: &str, calendar: &CalendarItem) {
    for item in &calendar.events {
        let id = derived_id('V', &[scope, &calendar.key, &item.uid]);
        let mut event = item.event.clone();
        event.insert("id".to_owned(), json!(id));
        event.insert("calendarIds".to_owned(), json!({ calendar_id: true }));
        event.insert(OCCURRENCES.to_owned(), json!(item.occurrences));
        events.insert(id, Item::plain(event));
    }
}

/// Homework is copied for each pupil of the class: the progress in it is the pupil's own.
fn tasks(school: &School, login: &str, class: Option<&str>) -> (Items, Items) {
    let scope = user_scope(login);
    let homework = derived_id('L', &[&scope, "homework"]);
    let private = derived_id('L', &[&scope, "private"]);
    let mut tasks = Items::new();
    let mut has_private = false;
    for item in &school.tasks {
        let list = match &item.owner {
            Owner::Class(owner) if Some(owner.as_str()) == class => &homework,
            Owner::User(owner) if owner == login => {
                has_private = true;
                &private
            }
            _ => continue,
        };
        let (id, task) = task(item, &scope, list);
        tasks.insert(id, Item::plain(task));
    }
    let mut lists = Items::new();
    let named = [(homework, "Hausaufgaben", class.is_some()), (private, "Eigene Aufgaben", has_private)];
    for (order, (id, name, exists)) in named.into_iter().enumerate() {
        if exists {
            let mut properties = object(collection::list(order > 0));
            properties.extend(object(json!({ "id": id, "name": name, "sortOrder": order })));
            lists.insert(id, Item::plain(properties));
        }
    }
    (lists, tasks)
}

fn task(item: &TaskItem, scope: &str, list: &str) -> (String, Object) {
    let id = derived_id('K', &[scope, &scope_of(&item.owner), &item.uid]);
    let mut task = item.task.clone();
    task.insert("id".to_owned(), json!(id));
    task.insert("taskListId".to_owned(), json!(list));
    task.entry("progress").or_insert_with(|| json!(Progress::NeedsAction));
    (id, task)
}

/// There is one default calendar, whichever the person chose.
async fn keep_default(change: &mut Change, scope: &str, calendars: &mut Items) -> Result<(), BackendError> {
    for (chosen, json) in change.read_all(scope, Calendar::NAME).await? {
        let calendar: Object = serde_json::from_str(&json)?;
        if calendar.get("isDefault") == Some(&json!(true)) {
            for (id, item) in calendars.iter_mut() {
                item.object.insert("isDefault".to_owned(), json!(*id == chosen));
            }
        }
    }
    Ok(())
}

async fn keep_progress(change: &mut Change, scope: &str, tasks: &mut Items) -> Result<(), BackendError> {
    for (id, json) in change.read_all(scope, Task::NAME).await? {
        let mut old: Object = serde_json::from_str(&json)?;
        if let (Some(item), Some(progress)) = (tasks.get_mut(&id), old.remove("progress")) {
            item.object.insert("progress".to_owned(), progress);
        }
    }
    Ok(())
}

fn day_notes(school: &School) -> Items {
    let notes = school.day_notes.iter().map(|note| {
        let id = derived_id('N', &[&scope_of(&note.owner), &note.uid]);
        let properties = json!({ "id": id, "date": note.date, "title": note.title, "text": note.text });
        (id, Item { object: object(properties), day: Some((note.date.to_string(), 0)) })
    });
    notes.collect()
}
