//! Screens are drawn once where nobody sees them, while the reader rests on another: browsers compile a function
//! when it is first called, and on a slow phone that is a third of the time from a first tap on a tab until
//! its screen is there.

use gloo_timers::callback::Timeout;
use leptos::{mount::mount_to, prelude::*};

use crate::{app::Draw, navigation::Navigation, platform::document, route::Screen};

/// What the first screen needs comes before, and syncing.
const BEGIN_MILLIS: u32 = 1_000;
/// From one screen to the next: a tap in between should not wait.
const PACE_MILLIS: u32 = 250;
/// So long a screen may read what it shows.
const HOLD_MILLIS: u32 = 2_000;

/// Draws these one after the other, as long as the reader is on `screen`. Ends with the view that calls it.
pub fn while_on(screen: Screen, others: impl IntoIterator<Item = Draw>) {
    let shown = Navigation::expect().screen();
    let owner = Owner::current().unwrap_or_default();
    let turns = (BEGIN_MILLIS..).step_by(PACE_MILLIS as usize).zip(others).map(|(after, draw)| {
        let owner = owner.clone();
        Timeout::new(after, move || {
            let stage = document::detached().filter(|_| shown.get_untracked() == screen);
            let drawn = stage.map(|stage| owner.with(|| mount_to(stage, draw)));
            Timeout::new(HOLD_MILLIS, move || drop(drawn)).forget();
        })
    });
    StoredValue::new_local(turns.collect::<Vec<_>>());
}
