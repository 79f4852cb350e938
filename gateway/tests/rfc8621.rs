//! RFC 8621, read line by line: what it demands is a test with the section in its name.

mod create;
mod headers;
mod import;
mod mailbox;
mod objects;
mod query;
mod snippet;
mod submission;
