//! The sealed store in IndexedDB: [`tornister_sync::store::Store`] in a browser.
//!
//! One database per account and device, named [`PREFIX`] and a random name, so that accounts never
//! mix and leaving one deletes one database. Its object stores (see [`schema`]):
//! - `records`: by `KIND/ID`, the sealed payload and the plain index keys (decision D8).
//! - `outbox`: by number, sealed.
//! - `key`: what opens the payloads; absent where the key lives in memory only.
//!
//! Floor plan:
//! - [`schema`]: opening, upgrading, finding and deleting databases.
//! - [`seal`]: the cipher and the sealed format.
//! - [`vault`]: where the key comes from and how it is kept.
//! - [`idb`]: the store itself.
//! - `ahead`: what a start reads along with the key.
//! - `living`: which stores belong to a tab that is open.
//! - `js`: values as IndexedDB holds them; `writer`: many of them at once.

mod ahead;
pub mod idb;
mod js;
mod living;
pub mod schema;
pub mod seal;
pub mod vault;
mod writer;

pub use idb::IdbStore;
pub use schema::{Ended, PREFIX, accounts};
pub use vault::{KeyPolicy, Pass};
