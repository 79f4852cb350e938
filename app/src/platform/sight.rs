//! Whether an element is on the screen or near it.

use wasm_bindgen::{JsCast as _, prelude::Closure};
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, js_sys::Array,
};

/// Near is what half a turn of the thumb brings into sight.
const MARGIN: &str = "150% 0px";

type Seen = dyn FnMut(Array);

/// Watches an element until dropped.
pub struct Sight {
    observer: IntersectionObserver,
    _seen: Closure<Seen>,
}

impl Sight {
    /// Calls `seen` with whether the element is near, and its height in CSS pixels, now and whenever that
    /// changes; never while the element is not drawn at all. `None` where the browser cannot watch.
    pub fn of(element: &Element, seen: impl Fn(bool, f64) + 'static) -> Option<Self> {
        let seen = Closure::<Seen>::new(move |entries: Array| {
            let last = entries.iter().last().map(|entry| entry.unchecked_into::<IntersectionObserverEntry>());
            let Some(entry) = last else { return };
            let bounds = entry.bounding_client_rect();
            if bounds.width() > 0.0 {
                seen(entry.is_intersecting(), bounds.height());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(MARGIN);
        let observer =
            IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options).ok()?;
        observer.observe(element);
        Some(Self { observer, _seen: seen })
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
