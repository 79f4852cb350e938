//! What the pages and workers of this app tell each other. Silent where the browser has no channel.

use gloo_events::EventListener;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// A channel of this name; for as long as the page lasts.
pub struct Channel;

impl Channel {
    /// `on_text` gets what others say.
    pub fn hear(name: &str, on_text: impl Fn(String) + 'static) {
        let Ok(channel) = BroadcastChannel::new(name) else { return };
        let listener = EventListener::new(&channel, "message", move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            if let Some(text) = text {
                on_text(text);
            }
        });
        listener.forget();
    }

    /// Tells all others.
    pub fn tell(name: &str, text: &str) {
        if let Ok(channel) = BroadcastChannel::new(name) {
            // What is said is on its way before the channel is closed.
            let _ = channel.post_message(&JsValue::from_str(text));
            channel.close();
        }
    }
}
