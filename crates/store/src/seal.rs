//! Sealing: XChaCha20-Poly1305 with a random nonce for each record. The associated data binds a
//! payload to its account, kind and id, so that bytes moved to another place do not open there.
//!
//! Format, version 1: one byte `1`, 24 bytes of nonce, the ciphertext with its 16 bytes of tag.
//!
//! The cipher runs in wasm and not in WebCrypto because it has to work inside an IndexedDB
//! transaction, where waiting for anything else would end the transaction.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// A sealed payload that does not open: another key, another place, or changed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes do not open")]
pub struct DoesNotOpen;

/// The device gives no random bytes, so nothing can be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the device gives no random bytes")]
pub struct NoRandomness;

/// Seals and opens the payloads of one account. `Debug` shows no key.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    account: String,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("account", &self.account).finish_non_exhaustive()
    }
}

/// A fresh random key.
///
/// # Errors
/// Where the device gives no random bytes.
pub fn random_key() -> Result<Zeroizing<[u8; KEY_BYTES]>, NoRandomness> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(key.as_mut()).map_err(|_| NoRandomness)?;
    Ok(key)
}

impl Sealer {
    /// A sealer for the account of this name, which goes into the associated data.
    #[must_use]
    pub fn new(key: &[u8; KEY_BYTES], account: &str) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key.into()), account: account.to_owned() }
    }

    /// Seals a payload for its place: a kind, or `outbox`, and an id.
    ///
    /// # Errors
    /// Where the device gives no random bytes.
    pub fn seal(&self, kind: &str, id: &str, payload: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| NoRandomness)?;
        self.seal_with(nonce, kind, id, payload)
    }

    fn seal_with(
        &self,
        nonce: [u8; NONCE_BYTES],
        kind: &str,
        id: &str,
        payload: &[u8],
    ) -> Result<Vec<u8>, NoRandomness> {
        let aad = self.associated_data(kind, id);
        let sealed = self.cipher.encrypt(&nonce.into(), Payload { msg: payload, aad: &aad });
        // Encryption fails for payloads of more than 256 GB only.
        let sealed = sealed.map_err(|_| NoRandomness)?;
        let mut bytes = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(bytes)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// Where the bytes were sealed for another place or with another key, or were changed.
    pub fn open(&self, kind: &str, id: &str, bytes: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
        let (&version, rest) = bytes.split_first().ok_or(DoesNotOpen)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(DoesNotOpen)?;
        if version != VERSION {
            return Err(DoesNotOpen);
        }
        let aad = self.associated_data(kind, id);
        self.cipher.decrypt(nonce.into(), Payload { msg: sealed, aad: &aad }).map_err(|_| DoesNotOpen)
    }

    /// Parts with their lengths, so that no two places have the same text.
    fn associated_data(&self, kind: &str, id: &str) -> Vec<u8> {
        let parts = [self.account.as_str(), kind, id];
        parts.iter().fold(vec![VERSION], |mut data, part| {
            data.extend_from_slice(&(part.len() as u64).to_le_bytes());
            data.extend_from_slice(part.as_bytes());
            data
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(&[7; KEY_BYTES], "account")
    }

    #[test]
    fn a_payload_opens_at_its_own_place_only() {
        let sealed = sealer().seal("Email", "1", b"Liebe Lena").unwrap();
        assert_eq!(sealer().open("Email", "1", &sealed).unwrap(), b"Liebe Lena");
        assert_eq!(sealer().open("Email", "2", &sealed), Err(DoesNotOpen));
        assert_eq!(sealer().open("EmailBody", "1", &sealed), Err(DoesNotOpen));
        assert_eq!(Sealer::new(&[7; KEY_BYTES], "b").open("Email", "1", &sealed), Err(DoesNotOpen));
        assert_eq!(Sealer::new(&[8; KEY_BYTES], "account").open("Email", "1", &sealed), Err(DoesNotOpen));
        // The border between kind and id cannot be moved.
        assert_eq!(sealer().open("Email1", "", &sealed), Err(DoesNotOpen));
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let sealed = sealer().seal("Task", "t", b"Vokabeln").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(sealer().open("Task", "t", &changed), Err(DoesNotOpen), "byte {at}");
            assert_eq!(sealer().open("Task", "t", &sealed[..at]), Err(DoesNotOpen), "length {at}");
        }
    }

    #[test]
    fn the_same_payload_never_looks_the_same() {
        let seal = || sealer().seal("Task", "t", b"Vokabeln").unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn the_format_is_frozen() {
        let sealed = sealer().seal_with([9; NONCE_BYTES], "Task", "t", b"Vokabeln").unwrap();
        let hex: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "01090909090909090909090909090909090909090909090909e81d89eb1ecf150c413b6aceaab47a7a84134a0237cdb333"
        );
    }
}
