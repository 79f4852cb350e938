//! The page itself: when somebody looks at it, when the network may be back, loading it anew.
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

use gloo_events::EventListener;

/// Calls `watched` with true whenever syncing is worth a try (the page is looked at again, or the
/// browser believes that the network is back) and with false when nobody sees the page any more.
/// Lasts as long as the page.
pub fn on_watched(watched: impl Fn(bool) + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let visible = {
        let (document, watched) = (document.clone(), watched.clone());
        move || watched(document.visibility_state() == web_sys::VisibilityState::Visible)
    };
    EventListener::new(&document, "visibilitychange", move |_| visible()).forget();
    EventListener::new(&window, "online", move |_| watched(true)).forget();
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // A page that cannot be loaded again stays as it is.
        let _ = window.location().reload();
    }
}
