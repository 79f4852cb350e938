//! The screens, one module for each.

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
