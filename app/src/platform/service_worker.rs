//! The service worker: registering it, and offering the update that it has ready (D9).
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

use gloo_events::EventListener;
use js_sys::{Object, Reflect};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState};

use super::page;

const SCRIPT: &str = "/sw.js";

/// Registers the service worker; `on_update` is called when a newer app waits to be used.
pub fn register(on_update: impl Fn() + Clone + 'static) {
    let Some(container) = container() else { return };
    spawn_local(async move {
        let Ok(registration) = JsFuture::from(container.register(SCRIPT)).await else { return };
        let Ok(registration) = registration.dyn_into::<ServiceWorkerRegistration>() else { return };
        if registration.waiting().is_some() && container.controller().is_some() {
            on_update();
        }
        watch(&registration, container, on_update);
    });
}

/// Puts the waiting app to use and loads the page anew with it.
pub fn activate_update() {
    let Some(container) = container() else { return };
    EventListener::once(&container, "controllerchange", |_| page::reload()).forget();
    spawn_local(async move {
        let Ok(ready) = container.ready() else { return };
        let Ok(registration) = JsFuture::from(ready).await else { return };
        let waiting = registration.dyn_into::<ServiceWorkerRegistration>().ok().and_then(|it| it.waiting());
        if let Some(waiting) = waiting {
            let message = Object::new();
            let _ = Reflect::set(&message, &"type".into(), &"activate-update".into());
            let _ = waiting.post_message(&message);
        }
    });
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    // Browsers offer it to secure pages only; there the property is undefined otherwise.
    let there = Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);
    there.then(|| navigator.service_worker())
}

fn watch(
    registration: &ServiceWorkerRegistration,
    container: ServiceWorkerContainer,
    on_update: impl Fn() + Clone + 'static,
) {
    let found = {
        let registration = registration.clone();
        move || {
            let Some(installing) = registration.installing() else { return };
            let (container, on_update) = (container.clone(), on_update.clone());
            let worker: ServiceWorker = installing.clone();
            let changed = EventListener::new(&installing, "statechange", move |_| {
                // Without a controller this is the first one: nothing is replaced.
                if worker.state() == ServiceWorkerState::Installed && container.controller().is_some() {
                    on_update();
                }
            });
            changed.forget();
        }
    };
    EventListener::new(registration, "updatefound", move |_| found()).forget();
}
