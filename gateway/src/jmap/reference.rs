//! Back-references: arguments taken from earlier answers of the same request (RFC 8620 §3.7).

use serde_json::{Map, Value};
use tornister_protocol::core::{MethodError, MethodErrorKind, ResultReference};

use super::method::{error, invalid_arguments};
use crate::backend::patch::unescape;

/// Replaces each `#argument` by what it refers to.
pub fn resolve(
    arguments: Map<String, Value>,
    answers: &[(String, Value, String)],
) -> Result<Map<String, Value>, MethodError> {
    if !arguments.keys().any(|name| name.starts_with('#')) {
        return Ok(arguments);
    }
    let mut resolved = Map::new();
    for (name, value) in arguments {
        let (name, value) = match name.strip_prefix('#') {
            Some(name) => (name.to_owned(), look_up(name, value, answers)?),
            None => (name, value),
        };
        if resolved.contains_key(&name) {
            return Err(invalid_arguments(format!("'{name}' is given both plainly and as a reference")));
        }
        resolved.insert(name, value);
    }
    Ok(resolved)
}

fn look_up(name: &str, value: Value, answers: &[(String, Value, String)]) -> Result<Value, MethodError> {
    let reference: ResultReference = serde_json::from_value(value)
        .map_err(|reason| invalid_arguments(format!("'#{name}' is no ResultReference: {reason}")))?;
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
    walk(answer, &tokens).ok_or_else(|| failed(&format!("nothing is at {}", reference.path)))
}

fn walk(value: &Value, tokens: &[String]) -> Option<Value> {
    let Some((token, rest)) = tokens.split_first() else { return Some(value.clone()) };
    match value {
        Value::Object(object) => walk(object.get(token)?, rest),
        Value::Array(items) if token == "*" => {
            let mut all = Vec::new();
            for item in items {
                match walk(item, rest)? {
                    Value::Array(inner) => all.extend(inner),
                    single => all.push(single),
                }
            }
            Some(Value::Array(all))
        }
        Value::Array(items) => {
            let is_index =
                token == "0" || (!token.starts_with('0') && token.bytes().all(|b| b.is_ascii_digit()));
            walk(items.get(is_index.then(|| token.parse::<usize>().ok())??)?, rest)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(path: &str, answer: Value) -> Result<Value, MethodErrorKind> {
        let arguments = json!({ "#ids": { "resultOf": "a", "name": "Foo/get", "path": path } });
        let Value::Object(arguments) = arguments else { unreachable!() };
        let answers = [("Foo/get".to_owned(), answer, "a".to_owned())];
        resolve(arguments, &answers).map(|resolved| resolved["ids"].clone()).map_err(|error| error.kind)
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
        let refusal = resolve(arguments, &answers).unwrap_err();
        assert_eq!(refusal.kind, MethodErrorKind::InvalidArguments);
    }
}
