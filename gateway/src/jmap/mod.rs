//! JMAP (RFC 8620): a request's calls are carried out in order, each by the method of its name.
//!
//! Floor plan:
//! - [`envelope`]: bytes to a request, with the request-level errors. [`i_json`]: what is no I-JSON. [`mod@reference`]: back-references.
//! - [`dispatch`]: the loop over the calls. [`method`]: what a method gets and answers, and the list of all.
//! - [`standard`]: `/get`, `/changes`, `/query`, `/set` for every type (RFC 8620 §5).
//! - One folder or file for each object: what is special about it.
//! - [`push`]: the states that are pushed. [`session`]: the Session object (RFC 8620 §2). [`limits`]: what is too much.
//!   [`capability`]: what there is.

mod blob;
mod calendar;
pub mod capability;
mod collection;
mod core;
mod day_note;
mod dispatch;
mod email;
pub mod envelope;
mod i_json;
mod identity;
mod lesson;
pub mod limits;
mod mailbox;
mod method;
pub mod push;
mod quota;
mod reference;
pub mod session;
mod snippet;
mod standard;
mod submission;
mod task;
mod thread;
mod vacation;

pub use dispatch::answer;
pub use method::{METHODS, Method};
