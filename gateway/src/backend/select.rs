//! Queries over types of which an account has few objects: all are read, then filtered and sorted here.
//! Every backend may use this.

use std::cmp::Ordering;

use serde_json::Value;

use super::{BackendError, Filter, Object, Plan, Queryable, words::Term};

/// A type that is filtered and sorted in memory.
pub trait Selectable: Queryable {
    /// What can be sorted by.
    const SORTS: &'static [&'static str];

    /// Whether a condition lets an object through.
    fn holds(condition: &Self::Condition, object: &Object, options: &Self::QueryOptions) -> bool;

    /// The terms that every object has in its texts that this filter lets through, where those of the type
    /// are indexed by words.
    fn needed_terms(_filter: &Filter<Self::Condition>) -> Vec<Term> {
        Vec::new()
    }

    /// The order of two objects by one of [`Selectable::SORTS`].
    fn compare(property: &str, a: &Object, b: &Object) -> Ordering;

    /// Takes those that pass and puts them in order.
    ///
    /// # Errors
    /// See [`BackendError`].
    fn arrange(plan: &Plan<Self>, mut list: Vec<Object>) -> Result<Vec<Object>, BackendError> {
        list.retain(|object| passes(plan, object));
        list.sort_by(|a, b| order(plan, a, b));
        Ok(list)
    }
}

/// The ids of the objects that a plan asks for, in order.
///
/// # Errors
/// [`BackendError::UnsupportedSort`].
pub fn select<K: Selectable>(plan: &Plan<K>, list: Vec<Object>) -> Result<Vec<String>, BackendError> {
    if let Some(unknown) = plan.sort.iter().find(|by| !K::SORTS.contains(&by.property.as_str())) {
        return Err(BackendError::UnsupportedSort(unknown.property.clone()));
    }
    Ok(K::arrange(plan, list)?.iter().map(|object| text(object, "id").to_owned()).collect())
}

/// Whether the plan's filter lets an object through.
pub fn passes<K: Selectable>(plan: &Plan<K>, object: &Object) -> bool {
    let holds = |condition: &K::Condition| K::holds(condition, object, &plan.options);
    plan.filter.as_ref().is_none_or(|filter| filter.passes(&holds))
}

/// The order of two objects by the plan's sort; equal ones by their ids.
pub fn order<K: Selectable>(plan: &Plan<K>, a: &Object, b: &Object) -> Ordering {
    let by = plan.sort.iter().map(|by| {
        let order = K::compare(&by.property, a, b);
        if by.is_ascending { order } else { order.reverse() }
    });
    by.chain([text(a, "id").cmp(text(b, "id"))]).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// A property that is a text; empty where it is none.
pub fn text<'o>(object: &'o Object, name: &str) -> &'o str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}
