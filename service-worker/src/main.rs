//! The half of Tornister that works beside the page: it alone speaks with the server and writes what
//! it says, so the page opens without this code and never waits for a sync. Each page starts one
//! as a dedicated worker (decision D11 lets one of them sync at a time); the service worker's own
//! file, `sw.js`, stays plain JavaScript (D9).
//!
//! Floor plan:
//! - [`desk`]: takes the page's orders, one after the other, and answers them
//!   ([`tornister_sync::message`]).
//! - [`login`]: logging in and ending sessions; the accounts on this device.
//! - [`syncing`]: when to sync an account; each on this device has its own. [`stream`]: what the server says by itself.
//! - [`http`]: the server.
//! - [`locks`], [`clock`], [`console`]: the browser.

mod clock;
mod console;
mod desk;
mod http;
mod locks;
mod login;
mod stream;
mod syncing;

fn main() {
    // The release build's panics have no texts to show.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    desk::open();
}
