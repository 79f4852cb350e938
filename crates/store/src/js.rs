//! Values as IndexedDB holds them. Bytes are `Uint8Array`: an array of numbers costs ten times as
//! much.

use indexed_db_futures::error::{DomException, Error, OpenDbError};
use js_sys::{Array, JsString, Object, Reflect, Uint8Array};
use tornister_sync::store::StoreError;
use wasm_bindgen::{JsCast as _, JsValue};

/// Property of a row of `records`: the index keys, each with its kind before it.
pub(crate) const LISTS: &str = "l";
/// Property of a row of `records`: the sealed payload.
pub(crate) const SEALED: &str = "s";
/// Property of a row of `records`: its own key, so that a list knows whose payload it opens.
pub(crate) const KEY: &str = "k";

/// A row of `records`.
pub(crate) fn row(key: &JsValue, lists: impl Iterator<Item = String>, sealed: &[u8]) -> Object {
    let row = Object::new();
    let lists: Array = lists.map(|list| JsValue::from_str(&list)).collect();
    set(&row, KEY, key);
    set(&row, LISTS, &lists);
    set(&row, SEALED, &Uint8Array::from(sealed));
    row
}

/// A row's own key and its sealed payload.
pub(crate) fn read_row(row: &Object) -> Option<(String, Vec<u8>)> {
    let key = get(row, KEY)?.as_string()?;
    Some((key, bytes(&get(row, SEALED)?)?))
}

pub(crate) fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
}

pub(crate) fn get(object: &Object, property: &str) -> Option<JsValue> {
    Reflect::get(object, &JsString::from(property)).ok().filter(|value| !value.is_undefined())
}

pub(crate) fn set(object: &Object, property: &str, value: &JsValue) {
    // Setting a property of a fresh plain object cannot fail.
    let _ = Reflect::set(object, &JsString::from(property), value);
}

/// IndexedDB's errors as the store's: room that is missing is told apart from the rest.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands errors over by value")]
pub(crate) fn error(error: Error) -> StoreError {
    match &error {
        Error::DomException(DomException::InvalidStateError(_)) => StoreError::Closed,
        Error::DomException(DomException::Other(exception)) => {
            self::exception(exception).unwrap_or_else(|| StoreError::Backend(error.to_string()))
        }
        _ => StoreError::Backend(error.to_string()),
    }
}

/// The exceptions that mean something to the app.
pub(crate) fn exception(exception: &web_sys::DomException) -> Option<StoreError> {
    match exception.name().as_str() {
        "QuotaExceededError" => Some(StoreError::QuotaExceeded),
        "VersionError" => Some(StoreError::Newer),
        _ => None,
    }
}

/// The same for opening and deleting databases.
pub(crate) fn open_error(error: OpenDbError) -> StoreError {
    match error {
        OpenDbError::Base(error) => self::error(error),
        other => StoreError::Backend(other.to_string()),
    }
}

/// The same for calls of the browser itself.
pub(crate) fn thrown(what: &str, value: &JsValue) -> StoreError {
    let name = value.dyn_ref::<js_sys::Error>().map(|error| String::from(error.name()));
    StoreError::Backend(format!("{what}: {}", name.unwrap_or_else(|| "unknown".to_owned())))
}
