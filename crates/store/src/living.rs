//! Which stores with a key in memory belong to a tab that is open. Each such tab holds a Web Lock,
//! which the browser takes back when the tab ends, however that happens.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;

use crate::{js, schema};

fn name(account: &str) -> String {
    format!("{}{account}.key", schema::PREFIX)
}

/// Holds the lock as long as this page or worker lives. Does nothing where there are no Web Locks:
/// then another tab's start ends this one.
pub(crate) fn hold(account: &str) {
    let options = Object::new();
    js::set(&options, "mode", &"shared".into());
    let never = Closure::once_into_js(|_lock: JsValue| Promise::new(&mut |_, _| ()));
    // The answer never comes.
    let _ = request(account, &options, &never);
}

/// Whether no open tab holds it.
pub(crate) async fn is_left_behind(account: &str) -> bool {
    let options = Object::new();
    js::set(&options, "ifAvailable", &true.into());
    let whether = Closure::once_into_js(|lock: JsValue| JsValue::from_bool(!lock.is_null()));
    let Some(asked) = request(account, &options, &whether) else { return true };
    JsFuture::from(asked).await.is_ok_and(|free| free.is_truthy())
}

/// `navigator.locks.request`; web-sys has it behind an unstable flag only.
fn request(account: &str, options: &Object, callback: &JsValue) -> Option<Promise> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let manager = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request: Function = Reflect::get(&manager, &"request".into()).ok()?.dyn_into().ok()?;
    request.call3(&manager, &name(account).into(), options, callback).ok()?.dyn_into().ok()
}
