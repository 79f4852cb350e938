//! What only its holder knows; the database has its hash.

use ctutils::CtEq as _;

use crate::{digest::sha256, environment::Random};

const BYTES: usize = 32;

/// 256 random bits. `Debug` hides them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; BYTES]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// Where there is no randomness.
    pub fn new(random: &dyn Random) -> std::io::Result<Self> {
        let mut bytes = [0; BYTES];
        random.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// From 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 2 * BYTES || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; BYTES];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// As it travels.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What the database knows of it. Plain SHA-256: nobody can try out 256 random bits.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        sha256(self.0).to_vec()
    }

    /// Whether this is the secret behind the hash; takes equally long for every wrong one.
    #[must_use]
    pub fn is_behind(&self, hash: &[u8]) -> bool {
        self.hash().as_slice().ct_eq(hash).to_bool()
    }
}
