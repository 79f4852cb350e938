//! What several screens are made of.

pub mod change;
pub mod empty;
pub mod event_row;
pub mod heading;
pub mod icon;
pub mod lesson_row;
pub mod login_form;
pub mod mail_row;
pub mod notices;
pub mod shell;
pub mod split;
pub mod sync_line;
pub mod task_row;
