//! Digests. `ring` has them beside TLS, and is twice as fast as `sha2` on processors without instructions of their
//! own for it.

use ring::digest::{SHA256, SHA512, digest};

/// SHA-256 (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    let mut octets = [0; 32];
    octets.copy_from_slice(digest(&SHA256, bytes.as_ref()).as_ref());
    octets
}

/// SHA-512 (FIPS 180-4).
#[must_use]
pub fn sha512(bytes: impl AsRef<[u8]>) -> [u8; 64] {
    let mut octets = [0; 64];
    octets.copy_from_slice(digest(&SHA512, bytes.as_ref()).as_ref());
    octets
}
