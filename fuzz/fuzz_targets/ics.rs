//! An iCalendar file, and when each of its events takes place in a school year.

#![no_main]

use std::sync::LazyLock;

use chrono_tz::Europe::Berlin;
use libfuzzer_sys::fuzz_target;
use tornister_formats::{
    ical,
    profile::{Days, Profile},
    report::Report,
    shift::Shift,
};

static PROFILE: LazyLock<Profile> = LazyLock::new(tornister_fuzz::profile);

fuzz_target!(|file: &[u8]| {
    let mut report = Report::default();
    let week = |day: &str| day.parse().expect("a day");
    let shift = Shift::to_week_of(week("2026-09-14"), week("2026-11-16"));
    let calendar = ical::read(file, "fuzz.ics", Berlin, shift, &mut report);
    let Days { first, last } = PROFILE.year;
    for event in &calendar.events {
        let properties = &event.properties;
        // A series that makes no sense is an error that names it.
        let Ok(instances) = ical::instances(properties, Berlin, PROFILE.year) else { continue };
        let starts: Vec<_> = instances.iter().map(|instance| instance.occurrence.start).collect();
        assert!(starts.is_sorted(), "{starts:?}");
        for instance in &instances {
            let occurrence = &instance.occurrence;
            assert!(occurrence.start <= occurrence.end, "{occurrence:?}");
            assert!(
                occurrence.start.0.date() <= last.0 && occurrence.end.0.date() >= first.0,
                "{occurrence:?}"
            );
        }
        let (start, end) = ical::span(properties, Berlin).expect("what takes place has a span");
        assert!(start <= end, "{start:?} {end:?}");
    }
});
