//! The loop over the calls of a request (RFC 8620 §3.3, §3.4).

use serde_json::{Map, Value, json};
use tornister_protocol::{
    core::{Invocation, MethodError, MethodErrorKind, Request},
    id::State,
};

use super::{
    envelope::Response,
    limits::MAX_SIZE_REQUEST,
    method::{Answer, Call, Method, Run, bare, invalid_arguments},
    reference,
};
use crate::{backend::AccountAccess, environment::Environment};

/// Carries out the calls in order. A call that fails does not stop those after it.
pub async fn answer(
    request: Request,
    accounts: &[AccountAccess],
    environment: &Environment,
    session_state: State,
) -> Response {
    let mut answers = Vec::with_capacity(request.method_calls.len());
    let mut room = MAX_SIZE_REQUEST;
    let wants_created_ids = request.created_ids.is_some();
    let mut run = Run { created_ids: request.created_ids.unwrap_or_default(), follow_ups: Vec::new() };
    for invocation in &request.method_calls {
        let call_id = invocation.call_id();
        let answer = match understood(invocation, &request.using, &answers, &mut room) {
            Ok((method, arguments)) => {
                method
                    .run(Call { accounts, using: &request.using, arguments, environment, run: &mut run })
                    .await
            }
            Err(error) => Err(error),
        };
        answers.push(named(invocation.name(), answer, call_id));
        for (name, arguments) in std::mem::take(&mut run.follow_ups) {
            let Some(method) = Method::named(name) else { continue };
            let call = Call { accounts, using: &request.using, arguments, environment, run: &mut run };
            let answer = method.run(call).await;
            answers.push(named(name, answer, call_id));
        }
    }
    Response {
        method_responses: answers,
        created_ids: wants_created_ids.then_some(run.created_ids),
        session_state,
    }
}

fn named(name: &str, answer: Answer, call_id: &str) -> (String, Value, String) {
    match answer {
        Ok(arguments) => (name.to_owned(), arguments, call_id.to_owned()),
        Err(error) => ("error".to_owned(), json!(error), call_id.to_owned()),
    }
}

fn understood(
    invocation: &Invocation,
    using: &[String],
    answers: &[(String, Value, String)],
    room: &mut usize,
) -> Result<(&'static Method, Map<String, Value>), MethodError> {
    let method = Method::find(invocation.name(), using);
    let method = method.ok_or_else(|| bare(MethodErrorKind::UnknownMethod))?;
    let arguments: Map<String, Value> = serde_json::from_str(invocation.arguments())
        .map_err(|reason| invalid_arguments(format!("the arguments are no object: {reason}")))?;
    Ok((method, reference::resolve(arguments, answers, room)?))
}
