//! Web Locks: of all tabs and workers of this app, one syncs at a time (D11).

use std::future::Future;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Does `work` while holding the lock of this name, waiting for it where somebody else holds it. A
/// browser without Web Locks does the work all the same: the store keeps a late batch out.
pub async fn exclusive(name: &str, work: impl Future<Output = ()> + 'static) {
    let Some((manager, request)) = manager() else { return work.await };
    let mut work = Some(work);
    let granted = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |_lock| match work.take() {
        Some(work) => future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        }),
        None => Promise::resolve(&JsValue::UNDEFINED),
    });
    let asked = request.call2(&manager, &JsValue::from_str(name), granted.as_ref());
    if let Some(promise) = asked.ok().and_then(|promise| promise.dyn_into::<Promise>().ok()) {
        // Rejected only where the page is being closed.
        let _ = JsFuture::from(promise).await;
    }
}

/// `navigator.locks` and its `request`; web-sys has them behind an unstable flag only.
fn manager() -> Option<(JsValue, Function)> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let manager = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request = Reflect::get(&manager, &"request".into()).ok()?.dyn_into().ok()?;
    Some((manager, request))
}
