//! The document around the views: its title, language and colours, and the frame of a mail.
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

use gloo_events::EventListener;
use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, FocusOptions, HtmlElement, HtmlIFrameElement};

use super::preferences::Appearance;

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn root() -> Option<Element> {
    document()?.document_element()
}

/// Sets the title of the tab.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Tells screen readers the language.
pub fn set_language(tag: &str) {
    if let Some(root) = root() {
        // A valid name: cannot fail.
        let _ = root.set_attribute("lang", tag);
    }
}

/// Colours the page. The browser's bars follow as far as it lets us.
pub fn set_appearance(appearance: Appearance) {
    let Some(root) = root() else { return };
    let _ = match appearance.name() {
        Some(name) => root.set_attribute("data-theme", name),
        None => root.remove_attribute("data-theme"),
    };
}

/// Takes away what the page shows until the app runs.
pub fn remove_first_paint() {
    if let Some(first_paint) = document().and_then(|document| document.get_element_by_id("first-paint")) {
        first_paint.remove();
    }
}

/// An element that is not on the page.
#[must_use]
pub fn detached() -> Option<HtmlElement> {
    document()?.create_element("div").ok()?.dyn_into().ok()
}

/// Moves the focus there without scrolling, so that a screen reader speaks it.
pub fn focus(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // Elements that cannot take it leave it where it was.
    let _ = element.focus_with_options(&options);
}

/// Calls `act` at each of the window's events of this name; ends with the listener.
#[must_use]
pub fn on_window(event: &'static str, act: impl Fn() + 'static) -> Option<EventListener> {
    let window = web_sys::window()?;
    Some(EventListener::new(&window, event, move |_| act()))
}

/// Makes a frame as tall as what it shows, so that the page scrolls and not the frame.
pub fn fit_to_content(frame: &HtmlIFrameElement) {
    let body = frame.content_document().and_then(|inside| inside.body());
    let Some(body) = body else { return };
    let style = frame.unchecked_ref::<HtmlElement>().style();
    let _ = style.set_property("block-size", &format!("{}px", body.scroll_height() + 2));
}

/// Calls `then` when what is being drawn now is on the screen: browsers ask for a second frame when
/// they have shown the first.
pub fn after_frame(then: impl FnOnce() + 'static) {
    request_animation_frame(move || request_animation_frame(then));
}

/// Moves the focus to the main part of the page.
pub fn focus_content() {
    let content = document().and_then(|document| document.get_element_by_id("content"));
    if let Some(content) = content.and_then(|content| content.dyn_into::<HtmlElement>().ok()) {
        focus(&content);
    }
}
