//! The address bar and the history behind it.
//!
//! Links are ordinary links; one listener takes those that stay in the app, so that following one
//! loads no page. Back and forward are the browser's, and so is where they scroll to.
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, HtmlAnchorElement, Location, MouseEvent, Window};

/// Path and query of the page, such as `/kalender/e1?am=2026-09-16`.
#[must_use]
pub fn current() -> String {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return String::new() };
    let read = |part: Result<String, JsValue>| part.unwrap_or_default();
    read(location.pathname()) + &read(location.search())
}

/// Sets the address to another one, which `back` leaves again, and shows the page's top. The address
/// that is there already stays.
pub fn push(address: &str) {
    let Some(window) = web_sys::window() else { return };
    if address != current() {
        // Refused only where a page does this hundreds of times in a few seconds.
        let _ = history(&window, |history| history.push_state_with_url(&JsValue::NULL, "", Some(address)));
    }
    window.scroll_to_with_x_and_y(0.0, 0.0);
}

/// Puts another address in the place of this one, and shows the page's top.
pub fn replace(address: &str) {
    let Some(window) = web_sys::window() else { return };
    let _ = history(&window, |history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)));
    window.scroll_to_with_x_and_y(0.0, 0.0);
}

fn history(
    window: &Window,
    change: impl FnOnce(web_sys::History) -> Result<(), JsValue>,
) -> Result<(), JsValue> {
    window.history().and_then(change)
}

/// Calls `changed` after back and forward, and `followed` with the address of a link of this app that
/// somebody has pressed, which the browser then does not load. Lasts as long as the page.
pub fn watch(changed: impl Fn() + 'static, followed: impl Fn(&str) + 'static) {
    let Some(window) = web_sys::window() else { return };
    EventListener::new(&window, "popstate", move |_| changed()).forget();
    let location = window.location();
    let pressed = move |event: &web_sys::Event| {
        let Some(link) = event.dyn_ref().and_then(|click| link(click, &location)) else { return };
        event.prevent_default();
        followed(&link);
    };
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&window, "click", options, pressed).forget();
}

/// The address of the link that a click follows, where that stays in the app.
fn link(click: &MouseEvent, location: &Location) -> Option<String> {
    let is_plain = click.button() == 0
        && !click.default_prevented()
        && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key());
    if !is_plain {
        return None;
    }
    let pressed = click.target()?.dyn_into::<Element>().ok()?;
    let link = pressed.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    let is_for_the_browser = !link.target().is_empty()
        || link.has_attribute("download")
        || link.rel().split_ascii_whitespace().any(|word| word == "external")
        || Some(link.protocol()) != location.protocol().ok()
        || Some(link.host()) != location.host().ok();
    let address = link.pathname() + &link.search();
    let moves_within_the_page = !link.hash().is_empty() && address == current();
    (!is_for_the_browser && !moves_within_the_page).then_some(address)
}
