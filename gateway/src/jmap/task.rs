//! TaskList and Task (draft-ietf-jmap-tasks).

use serde_json::{Map, Value};
use tornister_protocol::{
    core::MethodError,
    tasks::{Task, TaskList},
};

use super::{
    calendar::entry,
    collection::{Form, new_properties, patched},
    standard::{Changed, Creating, Found, Served},
};
use crate::backend::{Object, Properties, Refusal, Wanted, calendar::TimeOptions};

impl Served for TaskList {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "role",
        "name",
        "description",
        "color",
        "keywordColors",
        "categoryColors",
        "sortOrder",
        "isSubscribed",
        "timeZone",
        "workflowStatuses",
        "shareWith",
        "myRights",
        "defaultAlertsWithTime",
        "defaultAlertsWithoutTime",
    ]);
}

const FORMS: &[(&str, Form)] = &[
    ("role", Form::Role(&["inbox", "trash"])),
    ("name", Form::Name),
    ("description", Form::Text),
    ("color", Form::Color),
    ("keywordColors", Form::Colors),
    ("categoryColors", Form::Colors),
    ("sortOrder", Form::Order),
    ("isSubscribed", Form::Flag),
    ("timeZone", Form::Zone),
    ("workflowStatuses", Form::Texts),
    ("shareWith", Form::Nobody),
    ("defaultAlertsWithTime", Form::Objects),
    ("defaultAlertsWithoutTime", Form::Objects),
];

impl Changed for TaskList {
    const SERVER_SET: &'static [&'static str] = &["id", "myRights"];

    async fn create(_: &Creating<'_>, object: Object) -> Result<Result<Properties, Refusal>, MethodError> {
        Ok(new_properties(&object, FORMS))
    }

    fn update(patch: &Map<String, Value>) -> Result<Properties, Refusal> {
        patched(patch, FORMS)
    }
}

impl Served for Task {
    const PROPERTIES: Option<&'static [&'static str]> = None;

    fn options(arguments: &Map<String, Value>) -> Result<TimeOptions, MethodError> {
        entry::options(arguments)
    }

    fn present(object: &mut Object, wanted: &Wanted<Self>, address: &str) {
        entry::present(object, wanted.properties.as_deref(), &wanted.options, address);
    }
}

impl Found for Task {
    const CONDITIONS: &'static [&'static str] = &[
        "inTaskLists",
        "dueAfter",
        "dueBefore",
        "progress",
        "categories",
        "text",
        "title",
        "description",
        "uid",
    ];
}

impl Changed for Task {
    const SERVER_SET: &'static [&'static str] = &["id"];
    const IMMUTABLE: &'static [&'static str] = &["uid"];
    const REFERENCES: &'static [&'static str] = &["taskListId"];

    async fn create(_: &Creating<'_>, object: Object) -> Result<Result<Object, Refusal>, MethodError> {
        Ok(entry::one_time(&object).map(|()| object))
    }

    fn update(patch: &Map<String, Value>) -> Result<Object, Refusal> {
        entry::one_time(patch).map(|()| patch.clone())
    }
}
