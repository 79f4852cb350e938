//! What sets events and tasks apart when they are written.

use serde_json::json;
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    tasks::{Task, TaskList},
};

use crate::backend::{
    Kind as _, Object, Refusal, Writable,
    calendar::{EventSetOptions, is_origin},
    jscalendar::{Surroundings, settle_event, settle_task},
    task::TaskSetOptions,
};

/// A type whose objects stand in collections.
pub trait Entry: Writable<Create = Object, Update = Object> {
    /// Of its ids.
    const PREFIX: char;
    /// In what they stand.
    const COLLECTION: &'static str;
    /// The property that names these.
    const LINK: &'static str;

    /// Checks one, and fills in what the server sets.
    fn settle(object: &mut Object, before: Option<&Object>, around: &Surroundings) -> Result<(), Refusal>;

    /// Adds what `/get` tells of a stored one besides. `address` is the person's own.
    fn complete(object: &mut Object, address: &str);

    /// Whether its participants shall hear of it.
    fn sends(options: &Self::SetOptions) -> bool;

    /// Whether the new ones are copies.
    fn copies(options: &Self::SetOptions) -> bool;
}

impl Entry for CalendarEvent {
    const PREFIX: char = 'V';
    const COLLECTION: &'static str = Calendar::NAME;
    const LINK: &'static str = "calendarIds";

    fn settle(object: &mut Object, before: Option<&Object>, around: &Surroundings) -> Result<(), Refusal> {
        settle_event(object, before, around)
    }

    fn complete(object: &mut Object, address: &str) {
        let is_origin = is_origin(object, address);
        object.insert("isOrigin".to_owned(), json!(is_origin));
        object.entry("isDraft").or_insert(json!(false));
    }

    fn sends(options: &EventSetOptions) -> bool {
        options.send_scheduling_messages
    }

    fn copies(options: &EventSetOptions) -> bool {
        options.from_account_id.is_some()
    }
}

impl Entry for Task {
    const PREFIX: char = 'K';
    const COLLECTION: &'static str = TaskList::NAME;
    const LINK: &'static str = "taskListId";

    fn settle(object: &mut Object, before: Option<&Object>, around: &Surroundings) -> Result<(), Refusal> {
        settle_task(object, before, around)
    }

    fn complete(object: &mut Object, _: &str) {
        object.entry("isDraft").or_insert(json!(false));
    }

    fn sends(_: &TaskSetOptions) -> bool {
        false
    }

    fn copies(options: &TaskSetOptions) -> bool {
        options.from_account_id.is_some()
    }
}
