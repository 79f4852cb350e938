//! The draft for calendars, read line by line: what it demands is a test with the section in its name.

mod calendar;
mod event;
mod occurrences;
mod participant;
mod query;
mod uid;
