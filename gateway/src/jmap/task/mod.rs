//! TaskList and Task (draft-ietf-jmap-tasks).

mod set;

use tornister_protocol::tasks::{Task, TaskList};

use super::standard::{Found, Served};

impl Served for TaskList {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&["id", "name", "sortOrder"]);
}

impl Served for Task {
    const PROPERTIES: Option<&'static [&'static str]> = None;
}

impl Found for Task {
    const CONDITIONS: &'static [&'static str] = &[];
}
