//! The standard methods for every type (RFC 8620 §5). A type says in [`Served`] and its kin what is
//! special about it.

mod changes;
mod copy;
pub mod creation;
mod get;
mod operations;
mod page;
mod query;
mod query_changes;
mod set;

use std::{collections::BTreeMap, future::Future};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tornister_protocol::core::MethodError;

pub use changes::changes;
pub use copy::{CopyArgs, copy};
pub use get::get;
pub use page::page;
pub use query::{filter, query};
pub use query_changes::query_changes;
pub use set::{response, set, set_objects};

use crate::{
    backend::{AccountAccess, Kind, Object, Plan, Queryable, Refusal, RefusalKind, Wanted, Writable},
    environment::Environment,
};

/// A type that `/get` answers.
pub trait Served: Kind {
    /// All its properties; none where the type is open, as JSCalendar objects are.
    const PROPERTIES: Option<&'static [&'static str]>;
    /// What `/get` answers without `properties`; none for everything.
    const DEFAULT_PROPERTIES: Option<&'static [&'static str]> = None;
    /// Whether `/changes` tells which properties changed (RFC 8621 §2.2).
    const TELLS_UPDATED_PROPERTIES: bool = false;

    /// What `/get` takes besides the standard arguments.
    fn options(_arguments: &Map<String, Value>) -> Result<Self::Options, MethodError> {
        Ok(Self::Options::default())
    }

    /// Makes a stored object what was asked for, before other properties than those are left out. `address`
    /// is the person's own.
    fn present(_object: &mut Object, _wanted: &Wanted<Self>, _address: &str) {}

    /// Whether objects have a property of this name.
    fn knows(name: &str) -> bool {
        Self::PROPERTIES.is_none_or(|known| known.contains(&name))
    }
}

/// A type that `/query` answers.
pub trait Found: Served + Queryable {
    /// The conditions by name, to tell an unknown one from a malformed one.
    const CONDITIONS: &'static [&'static str];

    /// Whether a plan can be carried out.
    fn check(_plan: &Plan<Self>) -> Result<(), MethodError> {
        Ok(())
    }

    /// Whether `/queryChanges` knows what changes in this result.
    fn can_calculate_changes(_plan: &Plan<Self>) -> bool {
        true
    }

    /// Whether nothing that this filter and sort look at can ever change, so that a result only grows and
    /// shrinks (RFC 8620 §5.6).
    fn is_immutable(_plan: &Plan<Self>) -> bool {
        false
    }
}

/// For whom an object is created.
pub struct Creating<'c> {
    /// Where it will be.
    pub account: &'c AccountAccess,
    /// Time and randomness.
    pub environment: &'c Environment,
}

/// A type that `/set` changes.
pub trait Changed: Served + Writable {
    /// Properties that only the server sets.
    const SERVER_SET: &'static [&'static str];
    /// Properties that are set once, at creation.
    const IMMUTABLE: &'static [&'static str] = &[];
    /// Properties that hold ids of other objects.
    const REFERENCES: &'static [&'static str] = &[];

    /// Understands a new object.
    fn create(
        creating: &Creating<'_>,
        object: Object,
    ) -> impl Future<Output = Result<Result<Self::Create, Refusal>, MethodError>> + Send;

    /// Puts ids where `#key` stands for what an earlier call created, in an object or a patch.
    fn resolve(object: &mut Object, known: &BTreeMap<String, String>) {
        creation::resolve_object(object, Self::REFERENCES, known);
    }

    /// Understands a patch (RFC 8620 §5.3) without what only the server sets.
    fn update(patch: &Map<String, Value>) -> Result<Self::Update, Refusal>;
}

/// Takes each property of an object or a patch, and tells all that are wrong at once (RFC 8620 §5.3).
pub fn each(
    object: &Object,
    mut take: impl FnMut(&str, &Value) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    Refusal::all(object.iter().filter_map(|(path, value)| take(path, value).err()))
}

/// Two things that were understood, or all that is wrong with either.
pub fn both<A, B>(one: Result<A, Refusal>, other: Result<B, Refusal>) -> Result<(A, B), Refusal> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(one), Err(other)) => Err(one.and(other)),
        (Err(refusal), Ok(_)) | (Ok(_), Err(refusal)) => Err(refusal),
    }
}

/// The value of a property as its type.
pub fn typed<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, Refusal> {
    T::deserialize(value).map_err(|reason| Refusal::property(name, &reason.to_string()))
}

/// A property that the type does not have, or a path into one that has no inside.
pub fn no_such_path(path: &str) -> Refusal {
    match path.split_once('/') {
        None => Refusal::property(path, "no such property, or it cannot be set"),
        Some((property, _)) => Refusal::new(
            RefusalKind::InvalidPatch,
            &format!("'{path}': '{property}' is set as a whole, if it exists at all"),
        ),
    }
}
