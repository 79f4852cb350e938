//! Email (RFC 8621 §4).

mod get;
mod query;
mod set;

pub use query::SORTS;
