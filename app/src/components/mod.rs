//! What several screens are made of.
#![expect(clippy::needless_pass_by_value, reason = "Leptos hands properties over by value")]

pub mod change;
pub mod dynamic;
pub mod empty;
pub mod event_row;
pub mod form_end;
pub mod heading;
pub mod icon;
pub mod lesson_row;
pub mod login_form;
pub mod mail_row;
pub mod new_password_form;
pub mod notices;
pub mod password_field;
pub mod shell;
pub mod split;
pub mod sync_line;
pub mod task_row;
