//! Untis exports: GPU001, GPU002, GPU014, GPU015 and the time grid, one behind the other with a line of
//! three dashes between them.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tornister_formats::{
    profile::Profile,
    report::Report,
    shift::Shift,
    untis::{Export, ExportFile, Exports, timetable},
};

static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
    let mut profile = tornister_fuzz::profile();
    // Half a year less to lay lessons out in, for each input.
    profile.year.last = "2026-06-30".parse().expect("a day");
    profile
});

fuzz_target!(|files: &[u8]| {
    let mut rest = Some(files);
    let exports: Exports = Export::ALL
        .into_iter()
        .map_while(|kind| {
            let bytes = rest?;
            let cut = bytes.windows(5).position(|window| window == b"\n---\n");
            rest = cut.map(|at| &bytes[at + 5..]);
            let bytes = cut.map_or(bytes, |at| &bytes[..at + 1]);
            let path = format!("{}.TXT", kind.name());
            Some((kind, ExportFile { path, bytes: kind.storable(bytes) }))
        })
        .collect();
    let mut report = Report::default();
    let lessons = timetable(&PROFILE, Shift::default(), &exports, &mut report);
    for lesson in &lessons {
        assert!(PROFILE.year.contains(lesson.lesson.date), "{lesson:?}");
        assert!(!lesson.class.is_empty(), "{lesson:?}");
    }
});
