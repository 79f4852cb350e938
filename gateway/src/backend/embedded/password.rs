//! Passwords: Argon2id with OWASP's parameters (19 MiB, two passes), a bounded number at once.

use std::{
    num::NonZero,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash,
};
use tokio::sync::oneshot;

use crate::{backend::BackendError, environment::Environment};

/// A hash of no password, checked for logins that do not exist: the answer takes as long as for others.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9iMA$dmMgYm9keSBrbm93cyB3aGF0IHRoaXMgaGFzaGVzIHQ";

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    environment: Environment,
    /// First come, first served.
    queue: Sender<Job>,
}

type Job = Box<dyn FnOnce() + Send>;

/// Works until nobody is left who could ask.
fn work_off(queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

impl Passwords {
    pub fn new(environment: Environment) -> Self {
        let (queue, jobs) = mpsc::channel();
        let jobs = Arc::new(Mutex::new(jobs));
        // Threads of their own, one for each core: a hash takes 19 MiB, and an allocator keeps that for each thread
        // that ever asked for it.
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            let jobs = jobs.clone();
            let started = thread::Builder::new().name("password".to_owned()).spawn(move || work_off(&jobs));
            if let Err(error) = started {
                tracing::error!(%error, "one thread less checks passwords");
            }
        }
        Self { environment, queue }
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
        let (answer, answered) = oneshot::channel();
        let gone = || BackendError::Internal("nobody hashes passwords any more".into());
        let job = Box::new(move || {
            // Who has gone meanwhile, such as by a time-out, costs nothing.
            if !answer.is_closed() {
                let _ = answer.send(job());
            }
        });
        self.queue.send(job).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
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
