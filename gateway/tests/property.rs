//! What holds for every account, whatever happened to it: plans are random, failing ones are shrunk.
//!
//! - [`check`]: runs a property on many plans. [`device`]: a device that catches up. [`tree`]: filters.
//! - [`mails`], [`entries`]: what happens to mail, and to events and tasks.
//! - [`changes`], [`counters`], [`query`], [`entry_query`]: the properties.

mod changes;
mod check;
mod counters;
mod device;
mod entries;
mod entry_query;
mod mails;
mod query;
mod tree;
