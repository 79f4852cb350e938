//! The suite that every store passes, on IndexedDB in a real browser.

use tornister_store::{IdbStore, KeyPolicy};
use wasm_bindgen_test::wasm_bindgen_test;

async fn open(name: &str) -> IdbStore {
    IdbStore::destroy_unopened(name).await.expect("a deletion");
    IdbStore::create(name, KeyPolicy::Kept).await.expect("a store")
}

tornister_sync::store_conformance!(open, #[wasm_bindgen_test]);
