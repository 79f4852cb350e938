//! Screens are drawn once where nobody sees them, while the reader rests on another: browsers compile a function
//! when it is first called, and the first tap on a tab would wait for that.

use gloo_timers::callback::Timeout;
use leptos::{mount::mount_to, prelude::*};

use crate::{app::Draw, navigation::Navigation, platform::document, route::Screen};

/// What the first screen needs comes before, and syncing.
const BEGIN_MILLIS: u32 = 1_000;
/// From one screen to the next: a tap in between should not wait.
const PACE_MILLIS: u32 = 200;
/// So long a screen may read what it shows.
const HOLD_MILLIS: u32 = 500;

/// Draws these one after the other, where the reader is on `screen` then. They follow nobody to another address,
/// and end with the view that calls this.
pub fn while_on(screen: Screen, others: impl IntoIterator<Item = Draw>) {
    let shown = Navigation::expect().screen();
    let owner = Owner::current().unwrap_or_default();
    let drawn = StoredValue::new_local(Vec::new());
    let mut after = BEGIN_MILLIS;
    let mut turns = Vec::new();
    for draw in others {
        let owner = owner.clone();
        turns.push(Timeout::new(after, move || {
            let Some(stage) = document::detached().filter(|_| shown.get_untracked() == screen) else {
                return;
            };
            let draw = move || {
                provide_context(Navigation::resting());
                draw()
            };
            let _ = drawn.try_update_value(|drawn| drawn.push(owner.with(|| mount_to(stage, draw))));
        }));
        after += PACE_MILLIS;
    }
    turns.push(Timeout::new(after + HOLD_MILLIS, move || {
        let _ = drawn.try_update_value(Vec::clear);
    }));
    StoredValue::new_local(turns);
}
