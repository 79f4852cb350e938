//! The page itself: when somebody looks at it, when the network may be back, loading it anew.
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

use gloo_events::EventListener;

/// Calls `wake` whenever syncing is worth a try: the page is looked at again, or the browser
/// believes that the network is back. Lasts as long as the page.
pub fn on_wake(wake: impl Fn() + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let visible = {
        let (document, wake) = (document.clone(), wake.clone());
        move || {
            if document.visibility_state() == web_sys::VisibilityState::Visible {
                wake();
            }
        }
    };
    EventListener::new(&document, "visibilitychange", move |_| visible()).forget();
    EventListener::new(&window, "online", move |_| wake()).forget();
}

/// Whether somebody can see the page.
#[must_use]
pub fn is_visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_none_or(|document| document.visibility_state() == web_sys::VisibilityState::Visible)
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // A page that cannot be loaded again stays as it is.
        let _ = window.location().reload();
    }
}
