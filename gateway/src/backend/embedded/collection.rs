//! Calendars and task lists: what a new one looks like, what its person may do in it, and what it holds.

use serde_json::{Value, json};
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    tasks::{Task, TaskList},
};

use crate::backend::{
    Kind as _, Object, Properties, RefusalKind, Writable, calendar::CalendarSetOptions, select::text,
    task::TaskListSetOptions,
};

/// A type whose objects hold those of another type.
pub trait Collection: Writable<Create = Properties, Update = Properties> {
    /// Of its ids.
    const PREFIX: char;
    /// What it holds.
    const MEMBER: &'static str;
    /// What everybody sets for themself, whosever it is.
    const PERSONAL: &'static [&'static str];
    /// Why one that holds something stays.
    const HAS_MEMBERS: RefusalKind;

    /// A new one of the person's own, without its id.
    fn blank() -> Value;
    /// Whether what it holds goes with it.
    fn removes_members(options: &Self::SetOptions) -> bool;
    /// Which one shall become the default.
    fn default_wanted(options: &Self::SetOptions) -> Option<&str>;
    /// Takes a member out of a collection; none where it is in no other.
    fn without(member: Object, id: &str) -> Option<Object>;
    /// Whether a collection holds a member.
    fn holds(id: &str, member: &Object) -> bool;
}

/// What a person may do in a calendar: with the own ones everything, with the school's look.
#[must_use]
pub fn calendar_rights(is_own: bool) -> Value {
    json!({
        "mayReadFreeBusy": true,
        "mayReadItems": true,
        "mayWriteAll": is_own,
        "mayWriteOwn": is_own,
        "mayUpdatePrivate": is_own,
        "mayRSVP": is_own,
        "mayAdmin": false,
        "mayDelete": is_own,
    })
}

/// What a person may do in a list: with the own ones everything; of homework only the progress is the
/// pupil's.
#[must_use]
pub fn list_rights(is_own: bool) -> Value {
    json!({
        "mayReadItems": true,
        "mayWriteAll": is_own,
        "mayWriteOwn": is_own,
        "mayUpdatePrivate": is_own,
        "mayRSVP": is_own,
        "mayAdmin": false,
        "mayDelete": is_own,
    })
}

/// A calendar without id and name.
#[must_use]
pub fn calendar(is_own: bool) -> Value {
    json!({
        "description": null,
        "color": null,
        "sortOrder": 0,
        "isSubscribed": true,
        "isVisible": true,
        "isDefault": false,
        "includeInAvailability": "all",
        "defaultAlertsWithTime": null,
        "defaultAlertsWithoutTime": null,
        "timeZone": null,
        "shareWith": null,
        "myRights": calendar_rights(is_own),
    })
}

/// A list without id and name.
#[must_use]
pub fn list(is_own: bool) -> Value {
    json!({
        "role": null,
        "description": null,
        "color": null,
        "keywordColors": null,
        "categoryColors": null,
        "sortOrder": 0,
        "isSubscribed": true,
        "timeZone": null,
        "workflowStatuses": ["completed", "failed", "in-process", "needs-action", "cancelled", "pending"],
        "shareWith": null,
        "myRights": list_rights(is_own),
        "defaultAlertsWithTime": null,
        "defaultAlertsWithoutTime": null,
    })
}

impl Collection for Calendar {
    const PREFIX: char = 'C';
    const MEMBER: &'static str = CalendarEvent::NAME;
    const PERSONAL: &'static [&'static str] = &[
        "name",
        "color",
        "sortOrder",
        "isSubscribed",
        "isVisible",
        "timeZone",
        "includeInAvailability",
        "defaultAlertsWithTime",
        "defaultAlertsWithoutTime",
    ];
    const HAS_MEMBERS: RefusalKind = RefusalKind::CalendarHasEvent;

    fn blank() -> Value {
        calendar(true)
    }

    fn removes_members(options: &CalendarSetOptions) -> bool {
        options.on_destroy_remove_events
    }

    fn default_wanted(options: &CalendarSetOptions) -> Option<&str> {
        options.on_success_set_is_default.as_deref()
    }

    fn without(mut member: Object, id: &str) -> Option<Object> {
        let ids = member.get_mut("calendarIds")?.as_object_mut()?;
        ids.remove(id);
        (!ids.is_empty()).then_some(member)
    }

    fn holds(id: &str, member: &Object) -> bool {
        member.get("calendarIds").is_some_and(|ids| ids.get(id).is_some())
    }
}

impl Collection for TaskList {
    const PREFIX: char = 'L';
    const MEMBER: &'static str = Task::NAME;
    const PERSONAL: &'static [&'static str] = &[
        "name",
        "color",
        "sortOrder",
        "isSubscribed",
        "timeZone",
        "defaultAlertsWithTime",
        "defaultAlertsWithoutTime",
    ];
    const HAS_MEMBERS: RefusalKind = RefusalKind::TaskListHasTask;

    fn blank() -> Value {
        list(true)
    }

    fn removes_members(options: &TaskListSetOptions) -> bool {
        options.on_destroy_remove_tasks
    }

    fn default_wanted(_: &TaskListSetOptions) -> Option<&str> {
        None
    }

    fn without(_: Object, _: &str) -> Option<Object> {
        None
    }

    fn holds(id: &str, member: &Object) -> bool {
        text(member, "taskListId") == id
    }
}
