//! Patches (RFC 8620 §5.3) of objects of which any property may change.

use serde_json::{Map, Value};

use super::{Object, Refusal, RefusalKind};

/// The last part of a path and everything before it.
fn parent_of<'o>(object: &'o mut Object, path: &str) -> Option<(&'o mut Object, String)> {
    let mut parts: Vec<String> = path.split('/').map(unescape).collect();
    let last = parts.pop()?;
    let mut parent = object;
    for part in parts {
        parent = parent.get_mut(&part)?.as_object_mut()?;
    }
    Some((parent, last))
}

/// One part of a JSON Pointer (RFC 6901 §4).
#[must_use]
pub fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// Applies a patch; null takes a property out.
///
/// # Errors
/// `invalidPatch`, where a path leads nowhere.
pub fn apply(object: &mut Object, patch: &Map<String, Value>) -> Result<(), Refusal> {
    for (path, value) in patch {
        let Some((parent, last)) = parent_of(object, path) else {
            return Err(Refusal::new(RefusalKind::InvalidPatch, &format!("'{path}' leads nowhere")));
        };
        if value.is_null() {
            parent.remove(&last);
        } else {
            parent.insert(last, value.clone());
        }
    }
    Ok(())
}

/// The same for an object that always has all its properties: null sets one back to its default.
///
/// # Errors
/// As [`apply`].
pub fn apply_over(object: &mut Object, defaults: &Object, patch: &Map<String, Value>) -> Result<(), Refusal> {
    apply(object, patch)?;
    for (name, default) in defaults.iter().filter(|(name, _)| patch.contains_key(*name)) {
        object.entry(name).or_insert_with(|| default.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_reaches_into_objects_that_are_there() {
        let Value::Object(mut object) = json!({ "a": { "x/y": 1 }, "b": [1] }) else { unreachable!() };
        let Value::Object(patch) = json!({ "a/x~1y": 2, "a/z": { "q": 1 }, "c": 3, "b": null }) else {
            unreachable!()
        };
        apply(&mut object, &patch).unwrap();
        assert_eq!(Value::Object(object.clone()), json!({ "a": { "x/y": 2, "z": { "q": 1 } }, "c": 3 }));
        for path in ["d/e", "c/e", "a/z/q/r"] {
            let patch = Map::from_iter([(path.to_owned(), json!(1))]);
            assert_eq!(apply(&mut object, &patch).unwrap_err().kind, RefusalKind::InvalidPatch, "{path}");
        }
    }

    #[test]
    fn null_brings_the_default_back_where_there_is_one() {
        let [Value::Object(mut object), Value::Object(defaults), Value::Object(patch)] = [
            json!({ "a": 1, "b": { "x": 1 }, "c": 2 }),
            json!({ "a": 7, "b": null, "d": 8 }),
            json!({ "a": null, "b/x": null, "c": null }),
        ] else {
            unreachable!()
        };
        apply_over(&mut object, &defaults, &patch).unwrap();
        assert_eq!(Value::Object(object), json!({ "a": 7, "b": {} }));
    }
}
