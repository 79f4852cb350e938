//! Core/echo (RFC 8620 §4).

use std::future::{Ready, ready};

use serde_json::Value;

use super::method::{Answer, Call};

/// Answers its arguments.
pub fn echo(call: Call<'_>) -> Ready<Answer> {
    ready(Ok(Value::Object(call.arguments)))
}
