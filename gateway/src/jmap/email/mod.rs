//! Email (RFC 8621 §4).
//!
//! - [`get`], [`mod@query`], [`set`]: what is special about the standard methods.
//! - [`create`], [`parts`], [`headers`]: an Email object becomes a message.
//! - [`mod@copy`], [`mod@import`], [`mod@parse`]: the other methods.

mod copy;
mod create;
mod get;
mod headers;
mod import;
mod parse;
mod parts;
mod query;
mod set;

pub use copy::copy;
pub use import::import;
pub use parse::parse;
pub use query::SORTS;
