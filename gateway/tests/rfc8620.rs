//! RFC 8620, read line by line: what it demands is a test with the section in its name.

mod blobs;
mod events;
mod objects;
mod query;
mod references;
mod requests;
mod session;
mod set;
