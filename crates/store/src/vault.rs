//! Where an account's key comes from and how it is kept.
//!
//! The records' key is random. [`KeyPolicy`] says who keeps it. The key's row in the database begins
//! with the policy's name, so a third policy, which wraps the key by a PIN or a passkey, is one more
//! name and one more way to open the row; versions that do not know it leave the database alone.
//! (Rows of [`KeyPolicy::Kept`] have no name: they are older than the others.)

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
    idb, js, schema,
    seal::{KEY_BYTES, random_key},
};

/// The only row of the key's object store.
const ROW: &str = "1";
/// Its properties: the policy, the browser's key, the nonce, the wrapped key.
const POLICY: &str = "policy";
const WRAPPING_KEY: &str = "key";
const NONCE: &str = "nonce";
const WRAPPED: &str = "wrapped";
const ALGORITHM: &str = "AES-GCM";
const NONCE_BYTES: usize = 12;

/// Who keeps an account's key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyPolicy {
    /// The browser: the key lies in the database, wrapped by a second one that the browser holds and
    /// never hands out (a non-extractable `CryptoKey`, AES-GCM), so the database's files alone open
    /// nothing. For the user's own device.
    #[default]
    Kept,
    /// Nobody: the key lives in the memory of one tab, and what it sealed is unreadable from the moment
    /// when that ends, even where no code of ours gets to run. For a computer that many use.
    Memory,
}

impl KeyPolicy {
    /// The name in storage.
    fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Memory => "memory",
        }
    }
}

/// The records' key.
pub(crate) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// A key that no database keeps, to be handed from a page to its worker or back. `Debug` shows
/// nothing.
#[derive(Clone)]
pub struct Pass(Key);

impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pass").finish_non_exhaustive()
    }
}

impl Pass {
    pub(crate) fn of(key: &Key) -> Self {
        Self(key.clone())
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0
    }

    /// As a text, for a message that stays within this tab.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// From such a text; `None` where it is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if text.len() != 2 * KEY_BYTES || !text.is_ascii() {
            return None;
        }
        for (place, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Self(key))
    }
}

/// What the key's row says.
pub(crate) enum Kept {
    /// The key.
    Key(Key),
    /// Some tab has it, or had it.
    Elsewhere,
    /// It is lost, or never was.
    Nowhere,
}

/// Makes a key and keeps it as the policy says.
pub(crate) async fn create(database: &Database, policy: KeyPolicy) -> Result<Key, StoreError> {
    let key = random_key().map_err(|error| StoreError::Backend(error.to_string()))?;
    let row = match policy {
        KeyPolicy::Kept => wrapped_row(&key).await?,
        KeyPolicy::Memory => {
            let row = Object::new();
            js::set(&row, POLICY, &policy.name().into());
            row
        }
    };
    let transaction =
        database.transaction(schema::KEY).with_mode(TransactionMode::Readwrite).build().map_err(js::error)?;
    let store = transaction.object_store(schema::KEY).map_err(js::error)?;
    store.put(row).with_key(ROW).await.map_err(js::error)?;
    idb::commit(transaction).await?;
    Ok(key)
}

async fn wrapped_row(key: &Key) -> Result<Object, StoreError> {
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
    Ok(row)
}

/// The row with the key, to be read in a transaction of the caller's.
pub(crate) async fn row(store: &ObjectStore<'_>) -> Result<Option<Object>, StoreError> {
    store.get::<Object, _, _>(ROW).await.map_err(js::error)
}

/// What that row says.
///
/// # Errors
/// [`StoreError::Newer`] where this version does not know the policy.
pub(crate) async fn read(row: &Object) -> Result<Kept, StoreError> {
    let policy = js::get(row, POLICY).and_then(|name| name.as_string());
    match policy.as_deref() {
        Some(name) if name == KeyPolicy::Memory.name() => return Ok(Kept::Elsewhere),
        Some(name) if name != KeyPolicy::Kept.name() => return Err(StoreError::Newer),
        _ => {}
    }
    let parts = (js::get(row, WRAPPING_KEY), js::get(row, NONCE), js::get(row, WRAPPED));
    let (Some(wrapping_key), Some(nonce), Some(wrapped)) = parts else { return Ok(Kept::Nowhere) };
    let (Ok(wrapping_key), Some(nonce), Some(wrapped)) =
        (wrapping_key.dyn_into::<CryptoKey>(), js::bytes(&nonce), js::bytes(&wrapped))
    else {
        return Ok(Kept::Nowhere);
    };
    let opened = subtle()?
        .decrypt_with_object_and_u8_array(&aes_gcm(&nonce), &wrapping_key, &wrapped)
        .map_err(|thrown| js::thrown("opening the key", &thrown))?;
    // Bytes that were changed do not open, and never will.
    let Ok(opened) = settle(opened, "opening the key").await else { return Ok(Kept::Nowhere) };
    let opened = Zeroizing::new(Uint8Array::new(&opened).to_vec());
    let key: Option<[u8; KEY_BYTES]> = opened.as_slice().try_into().ok();
    Ok(key.map_or(Kept::Nowhere, |key| Kept::Key(Zeroizing::new(key))))
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
