//! Passwords: Argon2id with OWASP's parameters (19 MiB, two passes), a bounded number at once.

use std::{num::NonZero, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash,
};
use tokio::sync::Semaphore;

use crate::{backend::BackendError, environment::Environment};

/// A hash of no password, checked for logins that do not exist: the answer takes as long as for others.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9iMA$dmMgYm9keSBrbm93cyB3aGF0IHRoaXMgaGFzaGVzIHQ";

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    environment: Environment,
    /// One for each core: each takes 19 MiB and some 20 ms of one core.
    at_once: Arc<Semaphore>,
}

impl Passwords {
    pub fn new(environment: Environment) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self { environment, at_once: Arc::new(Semaphore::new(cores)) }
    }

    /// Whether this is the password behind the hash; never without a hash, but after the same time.
    pub async fn verify(&self, hash: Option<String>, password: String) -> Result<bool, BackendError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let matches = self
            .work(move || {
                let hash = PasswordHash::new(&hash).map_err(|error| BackendError::Internal(error.into()))?;
                Ok(argon2().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(known && matches)
    }

    /// A new hash, as a PHC string.
    pub async fn hash(&self, password: String) -> Result<String, BackendError> {
        let mut salt = [0; 16];
        self.environment.random.fill(&mut salt)?;
        self.work(move || {
            let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| BackendError::Internal(error.into()))
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, BackendError> + Send + 'static,
    ) -> Result<T, BackendError> {
        let _permit = self.at_once.acquire().await.map_err(|error| BackendError::Internal(error.into()))?;
        tokio::task::spawn_blocking(job).await.map_err(|error| BackendError::Internal(error.into()))?
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_only_what_it_was_hashed_for() {
        let passwords = Passwords::new(Environment::system());
        let hash = passwords.hash("Eichhorn-7".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify(Some(hash.clone()), "Eichhorn-7".to_owned()).await.unwrap());
        assert!(!passwords.verify(Some(hash), "eichhorn-7".to_owned()).await.unwrap());
        assert!(!passwords.verify(None, "Eichhorn-7".to_owned()).await.unwrap());
    }
}
