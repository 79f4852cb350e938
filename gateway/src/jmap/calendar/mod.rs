//! Calendar and ParticipantIdentity (draft-ietf-jmap-calendars §3, §4).
//!
//! - [`event`]: CalendarEvent. [`entry`]: what it has in common with Task.

pub mod entry;
mod event;

use serde_json::{Map, Value};
use tornister_protocol::{calendars::Calendar, core::MethodError};

use super::{
    collection::{Form, new_properties, patched, properties},
    standard::{Changed, Creating, Served, typed},
};
use crate::backend::{Object, Properties, Refusal, calendar::ParticipantIdentity};

impl Served for Calendar {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "name",
        "description",
        "color",
        "sortOrder",
        "isSubscribed",
        "isVisible",
        "isDefault",
        "includeInAvailability",
        "defaultAlertsWithTime",
        "defaultAlertsWithoutTime",
        "timeZone",
        "shareWith",
        "myRights",
    ]);
}

const FORMS: &[(&str, Form)] = &[
    ("name", Form::Name),
    ("description", Form::Text),
    ("color", Form::Color),
    ("sortOrder", Form::Order),
    ("isSubscribed", Form::Flag),
    ("isVisible", Form::Flag),
    ("includeInAvailability", Form::OneOf(&["all", "attending", "none"])),
    ("defaultAlertsWithTime", Form::Objects),
    ("defaultAlertsWithoutTime", Form::Objects),
    ("timeZone", Form::Zone),
    ("shareWith", Form::Nobody),
];

impl Changed for Calendar {
    const SERVER_SET: &'static [&'static str] = &["id", "isDefault", "myRights"];

    async fn create(_: &Creating<'_>, object: Object) -> Result<Result<Properties, Refusal>, MethodError> {
        Ok(new_properties(&object, FORMS))
    }

    fn update(patch: &Map<String, Value>) -> Result<Properties, Refusal> {
        patched(patch, FORMS)
    }
}

impl Served for ParticipantIdentity {
    const PROPERTIES: Option<&'static [&'static str]> =
        Some(&["id", "name", "scheduleId", "sendTo", "isDefault"]);
}

const PARTICIPANT_FORMS: &[(&str, Form)] = &[("name", Form::Text), ("sendTo", Form::Methods)];

impl Changed for ParticipantIdentity {
    const SERVER_SET: &'static [&'static str] = &["id", "isDefault"];
    const IMMUTABLE: &'static [&'static str] = &["scheduleId"];

    async fn create(
        _: &Creating<'_>,
        mut object: Object,
    ) -> Result<Result<Properties, Refusal>, MethodError> {
        let schedule_id = object.remove("scheduleId").unwrap_or_default();
        let mut wrong: Vec<Refusal> = typed::<String>("scheduleId", &schedule_id).err().into_iter().collect();
        if object.get("name").is_some_and(Value::is_null) {
            wrong.push(Refusal::property("name", "expected a text"));
        }
        Ok(properties(&object, PARTICIPANT_FORMS, wrong).map(|mut properties| {
            properties.0.insert("scheduleId".to_owned(), schedule_id);
            properties
        }))
    }

    fn update(patch: &Map<String, Value>) -> Result<Properties, Refusal> {
        patched(patch, PARTICIPANT_FORMS)
    }
}
