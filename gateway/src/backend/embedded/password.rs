//! Passwords: Argon2id with OWASP's parameters (19 MiB, two passes), a bounded number at once.
//!
//! What a hash needs while it is made is allocated once for all that wait: at seven in the morning, asking for it and
//! giving it back a thousand times costs half as much as the hashes.

use std::{
    num::NonZero,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::sync::oneshot;

use crate::{backend::BackendError, environment::Environment};

const ALGORITHM: Algorithm = Algorithm::Argon2id;
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

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// Works until nobody is left who could ask.
fn work_off(queue: &Mutex<Receiver<Job>>) {
    let mut memory = Memory::default();
    loop {
        // Whoever waits for a job holds the queue.
        let waiting = queue.try_lock().ok().and_then(|queue| queue.try_recv().ok());
        let job = waiting.map_or_else(
            || {
                // This may have been the last one for hours.
                memory = Memory::default();
                queue.lock().unwrap_or_else(PoisonError::into_inner).recv()
            },
            Ok,
        );
        match job {
            Ok(job) => job(&mut memory),
            Err(_) => return,
        }
    }
}

/// What a hash needs while it is made.
#[derive(Default)]
struct Memory(Vec<Block>);

impl Memory {
    fn hash(&mut self, method: &Argon2<'_>, password: &[u8], salt: &Salt) -> Result<Output, BackendError> {
        let params = method.params();
        self.0.resize(params.block_count(), Block::new());
        let mut bytes = [0; Output::MAX_LENGTH];
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let bytes = bytes.get_mut(..length).ok_or_else(|| internal("a hash of this length is none"))?;
        method.hash_password_into_with_memory(password, salt, bytes, &mut self.0).map_err(internal)?;
        Output::new(bytes).map_err(internal)
    }
}

fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> BackendError {
    BackendError::Internal(error.into())
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
            .work(move |memory| {
                let known = PasswordHash::new(&hash).map_err(internal)?;
                let method = Argon2::new(
                    known.algorithm.as_str().parse().map_err(internal)?,
                    known.version.unwrap_or(Version::default().into()).try_into().map_err(internal)?,
                    Params::try_from(&known).map_err(internal)?,
                );
                let salt = known.salt.ok_or_else(|| internal("a stored password has no salt"))?;
                let found = memory.hash(&method, password.as_bytes(), &salt)?;
                // Outputs are compared in constant time.
                Ok(known.hash == Some(found))
            })
            .await?;
        Ok(known && matches)
    }

    /// A new hash, as a PHC string.
    pub async fn hash(&self, password: String) -> Result<String, BackendError> {
        let mut salt = [0; 16];
        self.environment.random.fill(&mut salt)?;
        self.work(move |memory| {
            let method = Argon2::new(ALGORITHM, Version::default(), Params::default());
            let salt = Salt::new(&salt).map_err(internal)?;
            let hash = PasswordHash {
                algorithm: ALGORITHM.ident(),
                version: Some(Version::default().into()),
                params: ParamsString::try_from(method.params()).map_err(internal)?,
                salt: Some(salt),
                hash: Some(memory.hash(&method, password.as_bytes(), &salt)?),
            };
            Ok(hash.to_string())
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Memory) -> Result<T, BackendError> + Send + 'static,
    ) -> Result<T, BackendError> {
        let (answer, answered) = oneshot::channel();
        let gone = || internal("nobody hashes passwords any more");
        let job: Job = Box::new(move |memory| {
            // Who has gone meanwhile, such as by a time-out, costs nothing.
            if !answer.is_closed() {
                let _ = answer.send(job(memory));
            }
        });
        self.queue.send(job).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
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

    #[tokio::test]
    async fn hashes_are_those_of_the_library_also_where_their_memory_was_used_before() {
        use argon2::{PasswordHasher as _, PasswordVerifier as _};
        let passwords = Passwords::new(Environment::system());
        let light = Argon2::new(ALGORITHM, Version::default(), Params::new(8, 1, 1, Some(16)).unwrap());
        let short = light.hash_password_with_salt(b"Igel", b"salt and pepper").unwrap();
        for round in 0..4 {
            let word = format!("Eichhorn-{round}");
            let hash = passwords.hash(word.clone()).await.unwrap();
            Argon2::default().verify_password(word.as_bytes(), hash.as_str()).unwrap();
            assert!(passwords.verify(Some(short.to_string()), "Igel".to_owned()).await.unwrap());
        }
    }
}
