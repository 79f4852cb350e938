//! The worker beside the page.

use gloo_events::EventListener;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageEvent, WorkerOptions, WorkerType};

/// The build puts it there (`app/index.html`).
const SCRIPT: &str = "/tornister-worker_loader.js";

/// A running worker; ended when dropped.
pub struct Worker {
    worker: web_sys::Worker,
    _heard: EventListener,
    _failed: EventListener,
}

impl Worker {
    /// Starts it. `on_text` gets what it says, `on_failure` is called where it cannot run.
    pub fn start(on_text: impl Fn(String) + 'static, on_failure: impl Fn() + 'static) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = web_sys::Worker::new_with_options(SCRIPT, &options).ok()?;
        let heard = EventListener::new(&worker, "message", move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            if let Some(text) = text {
                on_text(text);
            }
        });
        let failed = EventListener::new(&worker, "error", move |_| on_failure());
        Some(Self { worker, _heard: heard, _failed: failed })
    }

    /// Tells it.
    pub fn say(&self, text: &str) {
        // A text can always be sent.
        let _ = self.worker.post_message(&JsValue::from_str(text));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
