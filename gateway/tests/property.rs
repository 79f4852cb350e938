//! What holds for every mailbox, whatever happened to it: plans are random, failing ones are shrunk.

mod changes;
mod counters;
mod plan;
mod query;
