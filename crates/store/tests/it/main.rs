//! The store through its public door, in a real browser: Chromium, Firefox, WebKitGTK.
//!
//! - [`conformance`]: the suite that every store passes.
//! - [`reopening`]: closing, opening again, and leaving nothing behind.
//! - [`ending`]: everything that may happen to a database beneath the app.
//! - [`frozen`]: databases as earlier versions left them.
//! - [`sealing_speed`]: a measurement, run by hand.
#![cfg(target_arch = "wasm32")]

mod common;
mod conformance;
mod ending;
mod frozen;
mod reopening;
mod sealing_speed;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
