//! Back-references: arguments taken from earlier answers of the same request (RFC 8620 §3.7).

use serde_json::{Map, Value};
use tornister_protocol::core::{MethodError, MethodErrorKind, ResultReference};

use super::method::{error, invalid_arguments};
use crate::backend::patch::unescape;

/// Replaces each `#argument` by what it refers to. `room` is how many bytes of answers may still be repeated
/// in this request: answers that repeat answers would grow without end.
pub fn resolve(
    arguments: Map<String, Value>,
    answers: &[(String, Value, String)],
    room: &mut usize,
) -> Result<Map<String, Value>, MethodError> {
    if !arguments.keys().any(|name| name.starts_with('#')) {
        return Ok(arguments);
    }
    let mut resolved = Map::new();
    for (name, value) in arguments {
        let (name, value) = match name.strip_prefix('#') {
            Some(name) => (name.to_owned(), look_up(name, value, answers, room)?),
            None => (name, value),
        };
        if resolved.contains_key(&name) {
            return Err(invalid_arguments(format!("'{name}' is given both plainly and as a reference")));
        }
        resolved.insert(name, value);
    }
    Ok(resolved)
}

fn look_up(
    name: &str,
    value: Value,
    answers: &[(String, Value, String)],
    room: &mut usize,
) -> Result<Value, MethodError> {
    let none = |reason: String| invalid_arguments(format!("'#{name}' is no ResultReference: {reason}"));
    // A list would be read as its members in their order.
    if !value.is_object() {
        return Err(none("it is no object".to_owned()));
    }
    let reference: ResultReference =
        serde_json::from_value(value).map_err(|reason| none(reason.to_string()))?;
    let failed = |why: &str| {
        let description = format!("'#{name}' refers to '{}': {why}", reference.result_of);
        error(MethodErrorKind::InvalidResultReference, description)
    };
    let (answer_name, answer, _) = answers
        .iter()
        .find(|(_, _, call_id)| *call_id == reference.result_of)
        .ok_or_else(|| failed("no earlier call has this id"))?;
    if *answer_name != reference.name {
        return Err(failed(&format!("it was answered by {answer_name}, not by {}", reference.name)));
    }
    let tokens: Option<Vec<String>> = match reference.path.as_str() {
        "" => Some(Vec::new()),
        path => path.strip_prefix('/').map(|rest| rest.split('/').map(unescape).collect()),
    };
    let tokens = tokens.ok_or_else(|| failed("the path does not begin with '/'"))?;
    walk(answer, &tokens, room).map_err(|lost| {
        failed(&match lost {
            Lost::Nothing => format!("nothing is at {}", reference.path),
            Lost::Room => "what this request repeats of its answers is too large".to_owned(),
        })
    })
}

/// Why a path leads to no value.
enum Lost {
    Nothing,
    Room,
}

fn walk(value: &Value, tokens: &[String], room: &mut usize) -> Result<Value, Lost> {
    let Some((token, rest)) = tokens.split_first() else {
        *room = room.checked_sub(size(value)).ok_or(Lost::Room)?;
        return Ok(value.clone());
    };
    match value {
        Value::Object(object) => walk(object.get(token).ok_or(Lost::Nothing)?, rest, room),
        Value::Array(items) if token == "*" => {
            let mut all = Vec::new();
            for item in items {
                match walk(item, rest, room)? {
                    Value::Array(inner) => all.extend(inner),
                    single => all.push(single),
                }
            }
            Ok(Value::Array(all))
        }
        Value::Array(items) => {
            let is_index =
                token == "0" || (!token.starts_with('0') && token.bytes().all(|b| b.is_ascii_digit()));
            let index = is_index.then(|| token.parse::<usize>().ok()).flatten();
            walk(index.and_then(|index| items.get(index)).ok_or(Lost::Nothing)?, rest, room)
        }
        _ => Err(Lost::Nothing),
    }
}

/// About as many bytes as the value has in JSON.
fn size(value: &Value) -> usize {
    let content = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 4,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + size(value)).sum(),
    };
    content + 2
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(path: &str, answer: Value) -> Result<Value, MethodErrorKind> {
        let arguments = json!({ "#ids": { "resultOf": "a", "name": "Foo/get", "path": path } });
        let Value::Object(arguments) = arguments else { unreachable!() };
        let answers = [("Foo/get".to_owned(), answer, "a".to_owned())];
        let resolved = resolve(arguments, &answers, &mut 1000);
        resolved.map(|resolved| resolved["ids"].clone()).map_err(|error| error.kind)
    }

    #[test]
    fn a_star_maps_through_lists_and_flattens_them() {
        let answer = json!({ "list": [{ "ids": ["1", "2"] }, { "ids": ["3"] }], "a/b": { "~": 7 } });
        assert_eq!(at("/list/*/ids", answer.clone()), Ok(json!(["1", "2", "3"])));
        assert_eq!(at("/list/1/ids/0", answer.clone()), Ok(json!("3")));
        assert_eq!(at("/a~1b/~0", answer), Ok(json!(7)));
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        let answer = json!({ "list": [{ "ids": ["1"] }, {}] });
        for path in ["/list/*/ids", "/list/01", "/list/-", "/lists", "list", "/list/0/ids/0/x"] {
            assert_eq!(at(path, answer.clone()), Err(MethodErrorKind::InvalidResultReference), "{path}");
        }
    }

    #[test]
    fn an_argument_is_not_given_twice() {
        let arguments = json!({ "ids": [], "#ids": { "resultOf": "a", "name": "Foo/get", "path": "" } });
        let Value::Object(arguments) = arguments else { unreachable!() };
        let answers = [("Foo/get".to_owned(), json!([]), "a".to_owned())];
        let refusal = resolve(arguments, &answers, &mut 1000).unwrap_err();
        assert_eq!(refusal.kind, MethodErrorKind::InvalidArguments);
    }
}
