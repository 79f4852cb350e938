//! Creation ids: `#key` stands for the id of an object that an earlier call created (RFC 8620 §5.3).

use std::collections::BTreeMap;

use crate::backend::{Object, Outcome};
use serde_json::Value;

/// Whether a text is an Id (RFC 8620 §1.2).
pub fn is_id(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The id that a reference stands for; what is not known stays, since it may be created in this call.
pub fn resolve(id: &str, known: &BTreeMap<String, String>) -> String {
    id.strip_prefix('#').and_then(|key| known.get(key)).cloned().unwrap_or_else(|| id.to_owned())
}

/// Keeps the ids of what was created for the calls that follow.
pub fn remember(known: &mut BTreeMap<String, String>, outcome: &Outcome) {
    let id = |object: &Object| object.get("id").and_then(Value::as_str).map(str::to_owned);
    known.extend(outcome.created.iter().filter_map(|(key, object)| Some((key.clone(), id(object)?))));
}

/// Resolves the properties of these names: ids, lists of ids, and the keys of maps by id; in a patch also
/// the second part of a path.
pub fn resolve_object(object: &mut Object, names: &[&str], known: &BTreeMap<String, String>) {
    if known.is_empty() || names.is_empty() {
        return;
    }
    let old = std::mem::take(object);
    for (path, mut value) in old {
        let (name, member) = path.split_once('/').map_or((path.as_str(), None), |(n, m)| (n, Some(m)));
        if !names.contains(&name) {
            object.insert(path, value);
            continue;
        }
        match &mut value {
            Value::String(id) => *id = resolve(id, known),
            Value::Array(ids) => {
                for id in ids {
                    if let Value::String(id) = id {
                        *id = resolve(id, known);
                    }
                }
            }
            Value::Object(members) => {
                let resolved = std::mem::take(members);
                members.extend(resolved.into_iter().map(|(id, value)| (resolve(&id, known), value)));
            }
            _ => {}
        }
        let path = match member {
            Some(member) => format!("{name}/{}", resolve(member, known)),
            None => path,
        };
        object.insert(path, value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_replaced_wherever_an_id_stands() {
        let known = BTreeMap::from([("a".to_owned(), "M1".to_owned())]);
        let Value::Object(mut object) = json!({
            "parentId": "#a",
            "mailboxIds": { "#a": true, "#b": true },
            "mailboxIds/#a": null,
            "name": "#a",
        }) else {
            unreachable!()
        };
        resolve_object(&mut object, &["parentId", "mailboxIds"], &known);
        let expected = json!({
            "parentId": "M1",
            "mailboxIds": { "M1": true, "#b": true },
            "mailboxIds/M1": null,
            "name": "#a",
        });
        assert_eq!(Value::Object(object), expected);
    }
}
