//! What the server answered, by call.

use serde::Deserialize;
use tornister_protocol::core::{Invocation, MethodError, MethodErrorKind, Response};

use super::request::call_id;
use crate::{json, kind::DataType};

/// An answer's parts. Answers to calls that were never made are ignored, and of several answers to
/// one call the first counts: the order does not matter.
pub(super) struct Answers<'a>(&'a [Invocation]);

impl<'a> Answers<'a> {
    pub(super) fn of(response: &'a Response) -> Self {
        Self(&response.method_responses)
    }

    /// The answer to a call; where there is none, or none that can be read, nobody knows what the
    /// server did.
    pub(super) fn read<T: Deserialize<'a>>(
        &self,
        data_type: DataType,
        call: &str,
    ) -> Result<T, MethodErrorKind> {
        let call_id = call_id(data_type, call);
        let Some(answer) = self.0.iter().find(|answer| answer.call_id() == call_id) else {
            return Err(MethodErrorKind::ServerPartialFail);
        };
        if answer.name() == "error" {
            let error: Result<MethodError, _> = json::read_text(answer.arguments());
            return Err(error.map_or(MethodErrorKind::Unknown, |error| error.kind));
        }
        json::read_text(answer.arguments()).map_err(|_| MethodErrorKind::ServerPartialFail)
    }
}
