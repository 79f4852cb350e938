//! The sync engine through its public door.
//!
//! - [`server`]: a JMAP server in memory that keeps exact states, and misbehaves on request.
//! - [`broken`]: a store in which something does not open any more.
//! - [`device`]: a device and the small school that most stories begin with.
//! - [`engine`]: stories of one device and one server.
//! - [`keeping`]: what a device keeps without being asked, and what it fetches when asked.
//! - [`room`]: a device that has no room left.
//! - [`resync`]: a server that no longer knows what changed.
//! - [`waiting`]: what the user did while the line was bad.
//! - [`tight`]: a store with little room.
//! - [`simulation`]: thousands of plans in which everything that can go wrong does.

mod broken;
mod device;
mod engine;
mod keeping;
mod resync;
mod room;
mod server;
mod simulation;
mod tight;
mod waiting;
