//! The school on this device, as the screens see it: what is stored, live, and what can be done.
//!
//! - [`School`] is the context that every screen gets; a handful of signals, copied freely.
//! - `start`: opening what the device has, once, before the first screen.
//! - `session`: logging in and out.
//! - `desk`: orders to the worker, which syncs.
//! - `storage`: what happens to the device's storage beneath the app.
//! - `live`: reading again whenever something has changed.
//! - `known`: what several screens ask for, read once.

mod desk;
mod known;
pub mod live;
mod school;
mod session;
mod start;
mod storage;

pub use live::Live;
pub use school::{FetchError, Phase, Reader, School, StartError, SyncStatus};
pub use session::{LogInError, PasswordRules};
pub use start::open_early;
