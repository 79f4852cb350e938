//! The app on the phone: what the device has of the school, on screens. It runs in a browser;
//! Trunk builds it.
//!
//! Floor plan:
//! - [`app`]: which screen an address shows, and whether there is anything to show; [`rehearsal`]: the others,
//!   before somebody wants them.
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
mod rehearsal;
mod route;

use platform::{address, clock};
use route::Route;

fn main() {
    // The release build's panics have no texts to show.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    let screen = Route::of(&address::current()).screen();
    data::open_early(pages::asked_first(screen, clock::local().date()));
    // The device's data is being opened while the views are prepared, so that comes first.
    wasm_bindgen_futures::spawn_local(async { leptos::mount::mount_to_body(app::App) });
}
