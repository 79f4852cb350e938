//! The app on the phone: what the device has of the school, on screens. It runs in a browser;
//! Trunk builds it.
//!
//! Floor plan:
//! - [`app`]: which screen an address shows, and whether there is anything to show.
//! - [`route`] and [`navigation`]: what an address means, and going to another.
//! - [`pages`]: the screens.
//! - [`components`]: what several screens are made of.
//! - [`model`]: what screens work out from records; no browser in it.
//! - [`i18n`]: the words, German and English.
//! - [`data`]: the school on this device, live.
//! - [`platform`]: the browser; all of `web_sys` sits there.
//!
//! `app/style` has the looks: tokens, the base, and a file for each family of components.

mod app;
mod components;
mod data;
mod i18n;
mod model;
mod navigation;
mod pages;
mod platform;
mod route;

use futures_util::future::select;
use gloo_timers::future::TimeoutFuture;

/// So long the first views wait for the device's data; then they show that it is being opened.
const PATIENCE_MILLIS: u32 = 150;

fn main() {
    // The release build's panics have no texts to show.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    let opened = data::open_early();
    wasm_bindgen_futures::spawn_local(async move {
        // Drawing keeps the page from hearing that its data is open.
        select(opened, TimeoutFuture::new(PATIENCE_MILLIS)).await;
        leptos::mount::mount_to_body(app::App);
    });
}
