//! Numbers in the reader's language, by the browser's own `Intl`.

use js_sys::{Array, Intl::NumberFormat, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::i18n::Language;

/// A size in bytes as people read it, such as `1,2 MB`.
#[must_use]
pub fn size(language: Language, bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two digits of it are shown")]
    let bytes = bytes as f64;
    let (value, unit, digits) = match bytes {
        ..1_000.0 => (bytes, "byte", "0"),
        ..1_000_000.0 => (bytes / 1_000.0, "kilobyte", "0"),
        _ => (bytes / 1_000_000.0, "megabyte", "1"),
    };
    let options = [("style", "unit"), ("unit", unit), ("maximumFractionDigits", digits)];
    let format = NumberFormat::new(&locales(language), &object(&options));
    let text = format.format().call1(&JsValue::UNDEFINED, &value.into());
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// English as Europe writes it.
fn locales(language: Language) -> Array {
    let tag = match language {
        Language::De => "de-DE",
        Language::En => "en-GB",
    };
    Array::of1(&tag.into())
}

fn object(options: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in options {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}
