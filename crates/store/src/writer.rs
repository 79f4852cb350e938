//! Writing many rows in one transaction.

use indexed_db_futures::{internals::SystemRepr as _, object_store::ObjectStore};
use js_sys::Object;
use tornister_sync::store::StoreError;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{IdbKeyRange, IdbObjectStore};

use crate::js;

/// Writes into an object store without waiting for each request: a failed one aborts its transaction,
/// which tells. A listener for each would cost more than the request.
pub(crate) struct Writer(IdbObjectStore);

impl Writer {
    pub(crate) fn of(store: &ObjectStore<'_>) -> Self {
        Self(store.as_sys().unchecked_ref::<IdbObjectStore>().clone())
    }

    pub(crate) fn put(&self, key: &JsValue, row: &Object) -> Result<(), StoreError> {
        self.0.put_with_key(row, key).map(drop).map_err(|error| refused(&error))
    }

    /// Deletes the row of this key, or all of a range.
    pub(crate) fn delete(&self, key: &JsValue) -> Result<(), StoreError> {
        self.0.delete(key).map(drop).map_err(|error| refused(&error))
    }
}

/// The keys from `from` on and before `to`.
pub(crate) fn range(from: &str, to: &str) -> Result<JsValue, StoreError> {
    let range = IdbKeyRange::bound_with_lower_open_and_upper_open(&from.into(), &to.into(), false, true);
    range.map(JsValue::from).map_err(|error| refused(&error))
}

fn refused(thrown: &JsValue) -> StoreError {
    match thrown.dyn_ref::<web_sys::DomException>() {
        Some(it) if it.name() == "InvalidStateError" => StoreError::Closed,
        Some(it) => js::exception(it).unwrap_or_else(|| StoreError::Backend(it.message())),
        None => js::thrown("writing", thrown),
    }
}
