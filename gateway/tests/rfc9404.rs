//! RFC 9404, read line by line: what it demands is a test with the section in its name.

mod get;
mod lookup;
mod upload;
