//! What others send, made up by libFuzzer: each target reads bytes by the door that a stranger's bytes come
//! in by, and asserts more than that nothing panics. `cargo xtask fuzz TARGET SECONDS` runs them.
//!
//! Floor plan:
//! - `fuzz_targets/request.rs`: JMAP requests, with back-references, answered by a [`school`] that only reads.
//! - `header.rs`: header fields in all forms, and written again. `mail.rs`: whole messages and mbox files.
//! - `ics.rs`: calendars and when their events take place. `gpu.rs`: timetables.
//! - `corpus/`: what the runs begin with; `dictionaries/`: words of these languages.

pub mod school;

use tornister_formats::profile::Profile;

/// A school of which only the hours and holidays matter.
///
/// # Panics
/// If it cannot be read.
#[must_use]
pub fn profile() -> Profile {
    let text = include_str!("../../demo/school.toml");
    Profile::parse(text).expect("the demo school's profile can be read")
}
