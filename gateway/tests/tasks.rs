//! The draft for tasks, read line by line: what it demands is a test with the section in its name.

mod list;
mod query;
mod task;
