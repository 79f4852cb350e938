//! The envelope: a request is a list of calls, a response a list of answers (RFC 8620 §3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::id::State;

/// One method call or answer: name, arguments, call id; a JSON array of three (RFC 8620 §3.2).
/// Arguments stay as text until somebody knows their type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invocation(pub String, pub Box<RawValue>, pub String);

impl Invocation {
    /// A call of `name` under `call_id`.
    ///
    /// # Errors
    /// Where `arguments` cannot be written as JSON, such as a map with keys that are no texts.
    pub fn new(name: &str, arguments: &impl Serialize, call_id: &str) -> serde_json::Result<Self> {
        let arguments = serde_json::value::to_raw_value(arguments)?;
        Ok(Self(name.to_owned(), arguments, call_id.to_owned()))
    }

    /// `Email/get`, or `error` in an answer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The arguments as JSON text.
    #[must_use]
    pub fn arguments(&self) -> &str {
        self.1.get()
    }

    /// The caller's own label, repeated in every answer to this call.
    #[must_use]
    pub fn call_id(&self) -> &str {
        &self.2
    }
}

/// A request (RFC 8620 §3.3).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Capabilities that the calls rely on.
    pub using: Vec<String>,
    /// Carried out in order.
    pub method_calls: Vec<Invocation>,
    /// Creation ids of earlier requests and what the server named them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_ids: Option<BTreeMap<String, String>>,
}

/// A response (RFC 8620 §3.4).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The answers, in order; a call may have several.
    pub method_responses: Vec<Invocation>,
    /// Present where the request had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_ids: Option<BTreeMap<String, String>>,
    /// Differs from the known session's state where accounts or rights have changed.
    pub session_state: State,
}

/// An argument taken from an earlier call of the same request (RFC 8620 §3.7); stands under the
/// argument's name with `#` before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultReference {
    /// The earlier call's id.
    pub result_of: String,
    /// The earlier call's method, as it must be answered.
    pub name: String,
    /// A JSON pointer into the answer, with `*` for every item of an array.
    pub path: String,
}
