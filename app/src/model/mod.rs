//! What the screens work out from what the device has. No browser and no clock, so that tests run
//! anywhere.

pub mod mail_text;
pub mod relative_day;
pub mod school_day;
pub mod subject;
pub mod tasks;
pub mod week;
