//! Stands in for the crate `wasm-streams`, by which Leptos streams server functions. We have none, but its
//! classes are exports of the WebAssembly, so they stay in every page: 3 kB, which a phone loads before it shows
//! anything. This has what `server_fn` names, and streams nothing.

use futures_util::stream::{self, Stream};
use js_sys::wasm_bindgen::JsValue;

/// A stream of the browser's; nothing comes out of it.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Takes the browser's own.
    #[must_use]
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// A stream that has none of these.
    ///
    /// # Panics
    /// Where the browser makes no streams.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        Self(web_sys::ReadableStream::new().expect("a browser makes streams"))
    }

    /// The browser's own.
    #[must_use]
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// Ends at once.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> + use<> {
        stream::empty()
    }
}
