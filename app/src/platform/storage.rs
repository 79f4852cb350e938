//! What the browser promises about the device's data.
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

use wasm_bindgen_futures::JsFuture;

/// Asks the browser never to delete the data by itself when the device runs out of room. Asked once a
/// login has shown that somebody wants it here; browsers decide by themselves or ask the user.
pub async fn ask_to_persist() {
    let Some(window) = web_sys::window() else { return };
    let Ok(asked) = window.navigator().storage().persist() else { return };
    // A refusal changes nothing: the data is here all the same, as long as there is room.
    let _ = JsFuture::from(asked).await;
}
