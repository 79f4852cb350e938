//! The sync engine. It does no I/O (decision D4): network, storage and time are handed in, so the
//! same code runs in the page, in a worker and in tests without a browser.
//!
//! Floor plan:
//! - [`kind`]: what a device keeps of an account.
//! - [`record`]: how a server's object becomes a stored record with its index keys.
//! - [`store`]: the trait behind which records are kept, an implementation in memory, and the suite
//!   that every implementation passes.
//! - [`transport`]: the trait behind which the server is.
//! - [`outbox`]: what the user did and the server has not heard yet.
//! - [`json`]: reading JSON.
//! - [`engine`]: plan a request from what is stored, interpret the answer, commit both the objects
//!   and the state they belong to at once (decision D5).
//! - `flaw`: mistakes that the simulator has to notice; compiled for tests only.
//! - [`read`]: what the screens ask for.
//! - [`account`]: whose data a store holds.
//! - [`message`]: what page and sync worker say to each other.

pub mod account;
pub mod engine;
#[cfg(feature = "broken-engines")]
pub mod flaw;
#[cfg(not(feature = "broken-engines"))]
mod flaw;
pub mod json;
pub mod kind;
pub mod message;
pub mod outbox;
pub mod read;
pub mod record;
pub mod store;
pub mod transport;
