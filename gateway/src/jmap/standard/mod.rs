//! The standard methods for every type (RFC 8620 §5). A type says in [`Served`] and its kin what is
//! special about it.

mod changes;
mod get;
mod page;
mod query;
mod set;

use serde_json::{Map, Value};
use tornister_protocol::core::{MethodError, SetError};

pub use changes::{changes, changes_object, with};
pub use get::get;
pub use page::page;
pub use query::{filter, query};
pub use set::set;

use crate::backend::{Kind, Queryable, Writable};

/// A type that `/get` answers.
pub trait Served: Kind {
    /// All its properties; none where the type is open, as JSCalendar objects are.
    const PROPERTIES: Option<&'static [&'static str]>;
    /// What `/get` answers without `properties`; none for everything.
    const DEFAULT_PROPERTIES: Option<&'static [&'static str]> = None;

    /// What `/get` takes besides the standard arguments.
    fn options(_arguments: &Map<String, Value>) -> Result<Self::Options, MethodError> {
        Ok(Self::Options::default())
    }
}

/// A type that `/query` answers.
pub trait Found: Served + Queryable {
    /// The conditions by name, to tell an unknown one from a malformed one.
    const CONDITIONS: &'static [&'static str];
}

/// A type that `/set` changes.
pub trait Changed: Served + Writable {
    /// Understands a patch (RFC 8620 §5.3).
    fn update(patch: &Map<String, Value>) -> Result<Self::Update, SetError>;
}
