//! Writing down the calls of a request.

use serde_json::{Map, Value, json, value::RawValue};
use tornister_protocol::{
    capability,
    core::{Invocation, Request},
};

use super::{
    link::{AccountLink, Limits},
    methods::Part,
};
use crate::kind::DataType;

/// Call ids within a type's part of a request.
pub(super) mod call {
    pub const SET: &str = "set";
    pub const LOOK: &str = "look";
    pub const CHANGES: &str = "changes";
    pub const CREATED: &str = "created";
    pub const CREATED_BODIES: &str = "createdBodies";
    pub const UPDATED: &str = "updated";
    pub const QUERY: &str = "query";
    pub const PAGE: &str = "page";
    pub const PAGE_BODIES: &str = "pageBodies";
    pub const ASK: &str = "ask";
    pub const BODIES: &str = "bodies";
}

/// The call id of a type's call.
pub(super) fn call_id(data_type: DataType, call: &str) -> String {
    format!("{}.{call}", data_type.name())
}

/// A request in the making.
pub(super) struct Builder<'a> {
    link: &'a AccountLink,
    calls: Vec<Invocation>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(link: &'a AccountLink) -> Self {
        Self { link, calls: Vec::new() }
    }

    pub(super) fn limits(&self) -> Limits {
        self.link.limits
    }

    pub(super) fn has_room_for(&self, calls: usize) -> bool {
        self.calls.len() + calls <= self.limits().calls.max(Limits::FEWEST_CALLS)
    }

    pub(super) fn request(self) -> Request {
        let using = capability::APP.map(str::to_owned).to_vec();
        Request { using, method_calls: self.calls, created_ids: None }
    }

    pub(super) fn call(
        &mut self,
        data_type: DataType,
        method: &str,
        call: &str,
        mut arguments: Map<String, Value>,
    ) {
        arguments.insert("accountId".to_owned(), Value::String(self.link.account_id.0.clone()));
        // A tree of JSON values always has a JSON text.
        if let Ok(text) = RawValue::from_string(Value::Object(arguments).to_string()) {
            let name = format!("{}/{method}", data_type.name());
            self.calls.push(Invocation(name, text, call_id(data_type, call)));
        }
    }

    /// A `/get` of these ids, or of everything.
    pub(super) fn get(&mut self, data_type: DataType, mut part: Part, call: &str, ids: Option<&[String]>) {
        part.insert("ids".to_owned(), json!(ids));
        self.call(data_type, "get", call, part);
    }

    /// A `/get` of the ids that an earlier call of the request finds (RFC 8620 §3.7).
    pub(super) fn get_found(
        &mut self,
        data_type: DataType,
        mut part: Part,
        call: &str,
        (earlier, method, path): (&str, &str, &str),
    ) {
        let reference = json!({
            "resultOf": call_id(data_type, earlier),
            "name": format!("{}/{method}", data_type.name()),
            "path": path,
        });
        part.insert("#ids".to_owned(), reference);
        self.call(data_type, "get", call, part);
    }
}
