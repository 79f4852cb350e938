//! From bytes to a request, with the request-level errors (RFC 8620 §3.6.1).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use tornister_protocol::{
    core::{ProblemDetails, Request},
    id::State,
};

use super::{capability, i_json::IJson, limits::MAX_CALLS_IN_REQUEST};

/// A response; its arguments stay values, for back-references to look into.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Name, arguments, call id.
    pub method_responses: Vec<(String, Value, String)>,
    /// Present where the request had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_ids: Option<BTreeMap<String, String>>,
    /// The Session's state.
    pub session_state: State,
}

/// Reads a request.
///
/// # Errors
/// `notJSON`, `notRequest`, `unknownCapability`, `limit`.
pub fn read(body: &[u8]) -> Result<Request, ProblemDetails> {
    serde_json::from_slice::<IJson>(body)
        .map_err(|error| problem("notJSON", 400, format!("the body is not I-JSON: {error}")))?;
    let not_request =
        |why: String| problem("notRequest", 400, format!("the body is not a JMAP request: {why}"));
    // Lists would be read as the values of members in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(not_request("it is no object".to_owned()));
    }
    let request: Request = serde_json::from_slice(body).map_err(|error| not_request(error.to_string()))?;
    if let Some(call) =
        request.method_calls.iter().find(|call| !call.arguments().trim_start().starts_with('{'))
    {
        return Err(not_request(format!("the arguments of '{}' are no object", call.name())));
    }
    if let Some(unknown) = request.using.iter().find(|name| !capability::ALL.contains(&name.as_str())) {
        let detail = format!("this server does not have the capability '{unknown}'");
        return Err(problem("unknownCapability", 400, detail));
    }
    if request.method_calls.len() > MAX_CALLS_IN_REQUEST {
        let detail = format!("at most {MAX_CALLS_IN_REQUEST} method calls in one request");
        return Err(limit("maxCallsInRequest", 400, detail));
    }
    Ok(request)
}

/// A request-level error.
#[must_use]
pub fn problem(kind: &str, status: u16, detail: String) -> ProblemDetails {
    ProblemDetails { kind: format!("urn:ietf:params:jmap:error:{kind}"), status, detail, limit: None }
}

/// A request-level error about a limit.
#[must_use]
pub fn limit(name: &str, status: u16, detail: String) -> ProblemDetails {
    ProblemDetails { limit: Some(name.to_owned()), ..problem("limit", status, detail) }
}
