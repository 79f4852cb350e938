//! What keeps a school's server going: one process at a time, backups, and a look at everything.

pub mod backup;
pub mod doctor;
pub mod lock;
