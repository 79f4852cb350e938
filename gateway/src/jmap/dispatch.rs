//! The loop over the calls of a request (RFC 8620 §3.3, §3.4).

use serde_json::{Map, Value, json};
use tornister_protocol::{
    core::{Invocation, MethodError, MethodErrorKind, Request},
    id::State,
};

use super::{
    envelope::Response,
    method::{Answer, Call, Method, bare, invalid_arguments},
    reference,
};
use crate::backend::AccountAccess;

/// Carries out the calls in order. A call that fails does not stop those after it.
pub async fn answer(request: Request, accounts: &[AccountAccess], session_state: State) -> Response {
    let mut answers = Vec::with_capacity(request.method_calls.len());
    for invocation in &request.method_calls {
        let (name, arguments) = match call(invocation, &request.using, accounts, &answers).await {
            Ok(arguments) => (invocation.name().to_owned(), arguments),
            Err(error) => ("error".to_owned(), json!(error)),
        };
        answers.push((name, arguments, invocation.call_id().to_owned()));
    }
    Response { method_responses: answers, created_ids: request.created_ids, session_state }
}

async fn call(
    invocation: &Invocation,
    using: &[String],
    accounts: &[AccountAccess],
    answers: &[(String, Value, String)],
) -> Answer {
    let method = Method::find(invocation.name(), using);
    let method = method.ok_or_else(|| bare(MethodErrorKind::UnknownMethod))?;
    let arguments: Result<Map<String, Value>, MethodError> = serde_json::from_str(invocation.arguments())
        .map_err(|reason| invalid_arguments(format!("the arguments are no object: {reason}")));
    let arguments = reference::resolve(arguments?, answers)?;
    method.run(Call { accounts, arguments }).await
}
