//! Stories about the gateway, told through its router against a real database.

mod common;
mod delta;
mod envelope;
mod files;
mod import;
mod login;
mod mail;
mod set;
