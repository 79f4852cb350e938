//! What the tabs of this app tell each other.

use gloo_events::EventListener;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// A channel to the app's other tabs. Silent where the browser has none.
pub struct Channel {
    channel: Option<BroadcastChannel>,
    _listener: Option<EventListener>,
}

impl Channel {
    /// Joins the channel of this name; `on_text` gets what others say.
    pub fn join(name: &str, mut on_text: impl FnMut(String) + 'static) -> Self {
        let channel = BroadcastChannel::new(name).ok();
        let listener = channel.as_ref().map(|channel| {
            EventListener::new(channel, "message", move |event| {
                let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
                if let Some(text) = text {
                    on_text(text);
                }
            })
        });
        Self { channel, _listener: listener }
    }

    /// Tells the others.
    pub fn say(&self, text: &str) {
        if let Some(channel) = &self.channel {
            // A closed channel has nobody to tell.
            let _ = channel.post_message(&JsValue::from_str(text));
        }
    }
}
