//! An entry, or one occurrence of a series, as a patch changes it (RFC 8620 §5.3,
//! draft-ietf-jmap-calendars §5.8).

use serde_json::{Value, json};
use tornister_protocol::time::LocalDateTime;

use super::{super::view::repeats, kind::Entry};
use crate::backend::{Object, Patch, Refusal, patch, series};

/// What is only reckoned: whoever sets it is told the local times that came of it.
const RECKONED: [&str; 3] = ["utcStart", "utcEnd", "utcDue"];

/// What a patch makes of a stored entry.
pub struct Revision {
    /// As it is stored now.
    pub before: Object,
    /// What the patch makes of that, not yet settled.
    pub object: Object,
    /// What of the patch differs from what clients see: they may send the whole object back.
    pub changes: Object,
    /// Which occurrence the patch is for, where it is for one.
    occurrence: Option<LocalDateTime>,
    /// What the client expects to see now.
    asked: Object,
}

impl Revision {
    /// Applies a patch. `address` is the person's own.
    pub fn new<K: Entry>(
        before: Object,
        occurrence: Option<LocalDateTime>,
        patch: &Patch<K>,
        address: &str,
    ) -> Result<Self, Refusal> {
        let mut asked = seen::<K>(&before, occurrence, address).unwrap_or_default();
        repeats(&asked, &patch.repeated)?;
        let mut changes = patch.update.clone();
        changes.retain(|path, value| is_path(path) || asked.get(path).unwrap_or(&Value::Null) != value);
        patch::apply(&mut asked, &changes)?;
        let mut object = before.clone();
        match occurrence {
            Some(at) => overridden(&mut object, at, &changes)?,
            None => patch::apply(&mut object, &changes)?,
        }
        Ok(Self { before, object, changes, occurrence, asked })
    }

    /// What clients see otherwise now than the patch alone would have it.
    pub fn beyond<K: Entry>(&self, address: &str) -> Object {
        let Some(mut now) = seen::<K>(&self.object, self.occurrence, address) else { return Object::new() };
        for name in self.asked.keys().filter(|name| !RECKONED.contains(&name.as_str())) {
            now.entry(name).or_insert(Value::Null);
        }
        now.retain(|name, value| self.asked.get(name).unwrap_or(&Value::Null) != value);
        now
    }
}

/// As clients see it; nothing where the series does not have this occurrence.
fn seen<K: Entry>(object: &Object, occurrence: Option<LocalDateTime>, address: &str) -> Option<Object> {
    let mut object = match occurrence {
        Some(at) => series::instance(object, at)?,
        None => object.clone(),
    };
    K::complete(&mut object, address);
    Some(object)
}

/// Whether it is more than a property's name (RFC 6901).
fn is_path(path: &str) -> bool {
    path.contains(['/', '~'])
}

/// Changes one occurrence of a series: its patch in the series takes in this one.
fn overridden(series: &mut Object, at: LocalDateTime, patch: &Object) -> Result<(), Refusal> {
    if patch.is_empty() {
        return Ok(());
    }
    let unsupported = || Refusal::property("recurrenceOverrides", "is an object");
    let overrides = series.entry("recurrenceOverrides").or_insert_with(|| json!({}));
    if overrides.is_null() {
        *overrides = json!({});
    }
    let overrides = overrides.as_object_mut().ok_or_else(unsupported)?;
    let one = overrides.entry(at.to_string()).or_insert_with(|| json!({}));
    one.as_object_mut().ok_or_else(unsupported)?.extend(patch.clone());
    Ok(())
}
