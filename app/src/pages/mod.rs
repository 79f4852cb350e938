//! The screens, one module for each.
#![expect(clippy::needless_pass_by_value, reason = "Leptos hands properties over by value")]

pub mod broken;
pub mod calendar;
pub mod logged_out;
pub mod login;
pub mod mail;
pub mod not_found;
pub mod settings;
pub mod tasks;
pub mod timetable;
pub mod today;

use tornister_protocol::time::LocalDate;
use tornister_sync::store::Question;

use crate::route::Screen;

/// What a screen will ask the device first; read while that is being opened.
#[must_use]
pub fn asked_first(screen: Screen, today: LocalDate) -> Vec<Question> {
    match screen {
        Screen::Today => today::asked_first(today),
        _ => Vec::new(),
    }
}
