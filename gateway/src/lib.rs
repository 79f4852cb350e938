//! The gateway: speaks JMAP to the app, serves the app itself, and knows who is logged in. One binary,
//! `tornister`, is all that a school runs (D10).
//!
//! Floor plan:
//! - [`environment`]: clock and randomness, passed in everywhere. [`database`]: the one SQLite file.
//! - [`backend`]: the traits behind which a school's data lies; what they offer decides what a session
//!   may do (D7). [`backend::embedded`]: the school in SQLite, filled from standard files (D3).
//! - [`session`]: cookies, who holds them, and the brake on guessing passwords.
//! - [`jmap`]: the envelope, back-references, the standard methods, one folder for each object (D1).
//! - [`http`]: routes, security headers, downloads, the built app.
//! - [`operation`]: backups, the doctor, who has a database.
//! - [`digest`]: SHA-256 and its like.
//! - [`config`]: `tornister.toml`. [`cli`]: the commands.

pub mod backend;
pub mod cli;
pub mod config;
pub mod database;
pub mod digest;
pub mod environment;
pub mod http;
pub mod jmap;
pub mod operation;
pub mod session;
