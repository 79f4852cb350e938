//! Searching in long texts is left to the browser: each first visit would have to bring what Rust needs for it.

use js_sys::JsString;

/// Whether `part` stands in the text.
#[must_use]
pub fn contains(text: &str, part: &str) -> bool {
    JsString::from(text).includes(part, 0)
}

/// The text with another one wherever `part` stood. A `$` in the other one has a meaning of JavaScript's.
#[must_use]
pub fn replace(text: &str, part: &str, other: &str) -> String {
    JsString::from(text).replace_all(part, other).into()
}
