//! What somebody sets for themself on what the school shares, such as a calendar's colour
//! (draft-ietf-jmap-calendars §4.3): an object of the same type and id in the person's own scope, which is laid over the
//! school's. It goes with `/changes` as every object does; nobody else sees it.

use serde_json::json;

use crate::backend::{Object, select::text};

/// Only such an object has it.
const MARK: &str = "tornister.app:personal";

/// Whether this is not an object by itself, but laid over one.
#[must_use]
pub fn is_personal(object: &Object) -> bool {
    object.contains_key(MARK)
}

/// Properties that are laid over an object.
#[must_use]
pub fn over(id: &str, properties: Object) -> Object {
    let marks = [("id".to_owned(), json!(id)), (MARK.to_owned(), json!(true))];
    properties.into_iter().chain(marks).collect()
}

/// The objects with what is laid over them; what lies over nothing is left out.
#[must_use]
pub fn laid_over(objects: Vec<Object>) -> Vec<Object> {
    let (personal, mut shared): (Vec<Object>, Vec<Object>) = objects.into_iter().partition(is_personal);
    for mut properties in personal {
        properties.remove(MARK);
        if let Some(object) = shared.iter_mut().find(|object| text(object, "id") == text(&properties, "id")) {
            object.extend(properties);
        }
    }
    shared
}
