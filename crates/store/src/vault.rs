//! Where an account's key comes from and how it is kept.
//!
//! The records' key is random. On the user's own device it lies in the database, wrapped by a
//! second key that the browser holds and never hands out (a non-extractable `CryptoKey`, AES-GCM),
//! so the database's files alone open nothing. A PIN or a passkey can later take that key's place.

use indexed_db_futures::{
    Build as _, database::Database, object_store::ObjectStore, prelude::*, transaction::TransactionMode,
};
use js_sys::{Array, Object, Reflect, Uint8Array};
use tornister_sync::store::StoreError;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

use crate::{
    js, schema,
    seal::{KEY_BYTES, random_key},
};

/// The only row of the key's object store.
const ROW: &str = "1";
/// Its properties: the browser's key, the nonce, the wrapped key.
const WRAPPING_KEY: &str = "key";
const NONCE: &str = "nonce";
const WRAPPED: &str = "wrapped";
const ALGORITHM: &str = "AES-GCM";
const NONCE_BYTES: usize = 12;

/// The records' key.
pub(crate) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// Makes a key and keeps it in the database.
pub(crate) async fn create(database: &Database) -> Result<Key, StoreError> {
    let key = random_key().map_err(|error| StoreError::Backend(error.to_string()))?;
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|error| StoreError::Backend(error.to_string()))?;
    let wrapping_key = generate_wrapping_key().await?;
    let wrapped = subtle()?
        .encrypt_with_object_and_u8_array(&aes_gcm(&nonce), &wrapping_key, key.as_ref())
        .map_err(|thrown| js::thrown("wrapping the key", &thrown))?;
    let wrapped = settle(wrapped, "wrapping the key").await?;

    let row = Object::new();
    js::set(&row, WRAPPING_KEY, &wrapping_key);
    js::set(&row, NONCE, &Uint8Array::from(&nonce[..]));
    js::set(&row, WRAPPED, &Uint8Array::new(&wrapped));
    let transaction =
        database.transaction(schema::KEY).with_mode(TransactionMode::Readwrite).build().map_err(js::error)?;
    let store = transaction.object_store(schema::KEY).map_err(js::error)?;
    store.put(row).with_key(ROW).await.map_err(js::error)?;
    transaction.commit().await.map_err(js::error)?;
    Ok(key)
}

/// The row with the key, to be read in a transaction of the caller's.
pub(crate) async fn row(store: &ObjectStore<'_>) -> Result<Option<Object>, StoreError> {
    store.get::<Object, _, _>(ROW).await.map_err(js::error)
}

/// The key in that row; `None` where it holds none.
pub(crate) async fn unwrap(row: &Object) -> Result<Option<Key>, StoreError> {
    let parts = (js::get(row, WRAPPING_KEY), js::get(row, NONCE), js::get(row, WRAPPED));
    let (Some(wrapping_key), Some(nonce), Some(wrapped)) = parts else { return Ok(None) };
    let (Ok(wrapping_key), Some(nonce), Some(wrapped)) =
        (wrapping_key.dyn_into::<CryptoKey>(), js::bytes(&nonce), js::bytes(&wrapped))
    else {
        return Ok(None);
    };
    let opened = subtle()?
        .decrypt_with_object_and_u8_array(&aes_gcm(&nonce), &wrapping_key, &wrapped)
        .map_err(|thrown| js::thrown("opening the key", &thrown))?;
    let opened = Zeroizing::new(Uint8Array::new(&settle(opened, "opening the key").await?).to_vec());
    let key: Option<[u8; KEY_BYTES]> = opened.as_slice().try_into().ok();
    Ok(key.map(Zeroizing::new))
}

async fn generate_wrapping_key() -> Result<CryptoKey, StoreError> {
    const WHAT: &str = "making a key";
    let algorithm = Object::new();
    js::set(&algorithm, "name", &ALGORITHM.into());
    js::set(&algorithm, "length", &256.into());
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let extractable = false;
    let made = subtle()?
        .generate_key_with_object(&algorithm, extractable, &usages)
        .map_err(|thrown| js::thrown(WHAT, &thrown))?;
    settle(made, WHAT).await?.dyn_into().map_err(|value| js::thrown(WHAT, &value))
}

async fn settle(promise: js_sys::Promise, what: &str) -> Result<JsValue, StoreError> {
    JsFuture::from(promise).await.map_err(|thrown| js::thrown(what, &thrown))
}

fn aes_gcm(nonce: &[u8]) -> Object {
    let algorithm = Object::new();
    js::set(&algorithm, "name", &ALGORITHM.into());
    js::set(&algorithm, "iv", &Uint8Array::from(nonce));
    algorithm
}

/// The same in a page and in a worker; browsers offer it to secure pages only.
fn subtle() -> Result<SubtleCrypto, StoreError> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok();
    let crypto = crypto.and_then(|crypto| crypto.dyn_into::<web_sys::Crypto>().ok());
    crypto.map(|crypto| crypto.subtle()).ok_or_else(|| StoreError::Backend("no WebCrypto here".to_owned()))
}
