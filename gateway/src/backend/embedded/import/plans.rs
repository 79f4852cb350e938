//! Calendars, homework and day notes.

use serde_json::{Value, json};
use tornister_formats::{
    report::Report,
    school::{CalendarItem, DayNoteItem, Owner, School, TaskItem},
};
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent, OCCURRENCES},
    school::DayNote,
};

use super::{
    homework,
    sources::{self, FOLDER, Items},
    timetable,
};
use crate::backend::{
    BackendError, Kind as _, Object,
    embedded::{
        SCHOOL_SCOPE,
        change::{Change, Item},
        class_scope, collection,
        state::derived_id,
        user_scope,
    },
};

/// Scope by scope, so that what has left the folder leaves the scope.
pub async fn import(change: &mut Change, school: &School, report: &mut Report) -> Result<(), BackendError> {
    let mut owners = vec![Owner::School];
    owners.extend(school.profile.users.iter().map(|user| Owner::User(user.login.clone())));
    for owner in &owners {
        let of_owner = school.calendars.iter().filter(|calendar| calendar.owner == *owner);
        put_calendars(change, FOLDER, owner, &of_owner.collect::<Vec<_>>()).await?;
    }
    let mut classes = homework::classes_of(change, FOLDER).await?;
    let with_tasks = school.tasks.iter().filter_map(|task| match &task.owner {
        Owner::Class(class) => Some(class.clone()),
        _ => None,
    });
    classes.extend(with_tasks);
    classes.sort();
    classes.dedup();
    for class in &classes {
        homework::keep(change, FOLDER, class, &tasks_of(&school.tasks, &Owner::Class(class.clone()))).await?;
    }
    let everybody: Vec<(String, Option<String>)> =
        sqlx::query_as("SELECT login, class FROM person").fetch_all(&mut *change.transaction).await?;
    for (login, class) in &everybody {
        homework::distribute(change, login, class.as_deref()).await?;
    }
    for user in &school.profile.users {
        let own = tasks_of(&school.tasks, &Owner::User(user.login.clone()));
        homework::put_own(change, FOLDER, &user.login, &own).await?;
    }
    put_notes(change, FOLDER, &school.day_notes).await?;
    timetable::keep(change, &school.timetable).await?;
    timetable::put(change, &school.lessons, report).await
}

fn tasks_of<'t>(tasks: &'t [TaskItem], owner: &Owner) -> Vec<&'t TaskItem> {
    tasks.iter().filter(|task| task.owner == *owner).collect()
}

/// Makes these the calendars of somebody that come from a source.
pub async fn put_calendars(
    change: &mut Change,
    source: &str,
    owner: &Owner,
    items: &[&CalendarItem],
) -> Result<(), BackendError> {
    let scope = scope_of(owner);
    let is_own = matches!(owner, Owner::User(_));
    let (mut calendars, events) = calendars(items, &scope, is_own);
    keep_default(change, &scope, &mut calendars).await?;
    sources::put(change, source, (&scope, Calendar::NAME), &calendars).await?;
    sources::put(change, source, (&scope, CalendarEvent::NAME), &events).await
}

/// Makes these the school's notes on days that come from a source.
pub async fn put_notes(change: &mut Change, source: &str, notes: &[DayNoteItem]) -> Result<(), BackendError> {
    sources::put(change, source, (SCHOOL_SCOPE, DayNote::NAME), &day_notes(notes)).await
}

pub fn scope_of(owner: &Owner) -> String {
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

fn calendars(items: &[&CalendarItem], scope: &str, is_own: bool) -> (Items, Items) {
    let mut calendars = Items::new();
    let mut events = Items::new();
    for (index, calendar) in items.iter().enumerate() {
        let id = derived_id('C', &[scope, &calendar.key]);
        let sort_order = if scope == SCHOOL_SCOPE { index + 1 } else { 0 };
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

fn day_notes(notes: &[DayNoteItem]) -> Items {
    let notes = notes.iter().map(|note| {
        let id = derived_id('N', &[&scope_of(&note.owner), &note.uid]);
        let properties = json!({ "id": id, "date": note.date, "title": note.title, "text": note.text });
        (id, Item { object: object(properties), day: Some((note.date.to_string(), 0)) })
    });
    notes.collect()
}
