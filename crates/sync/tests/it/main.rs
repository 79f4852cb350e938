//! The sync engine through its public door.
//!
//! - [`server`]: a JMAP server in memory that keeps exact states, and misbehaves on request.
//! - [`engine`]: stories of one device and one server.
//! - [`simulation`]: thousands of plans in which everything that can go wrong does.

mod engine;
mod server;
mod simulation;
