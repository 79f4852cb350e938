//! How many requests of one person run at once (RFC 8620 §2, `maxConcurrentRequests`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::jmap::limits::MAX_CONCURRENT_REQUESTS;

/// Counts those inside, by login.
#[derive(Debug, Default)]
pub struct Turnstile {
    inside: Mutex<HashMap<String, usize>>,
}

/// Somebody inside; leaves when dropped.
#[derive(Debug)]
pub struct Pass {
    turnstile: Arc<Turnstile>,
    login: String,
}

impl Turnstile {
    /// Lets a request in, unless too many of this person are inside.
    pub fn enter(self: &Arc<Self>, login: &str) -> Option<Pass> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inside.entry(login.to_owned()).or_default();
        if *count >= MAX_CONCURRENT_REQUESTS {
            return None;
        }
        *count += 1;
        Some(Pass { turnstile: self.clone(), login: login.to_owned() })
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inside = self.turnstile.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.login) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.login);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_s_flood_does_not_shut_out_another() {
        let turnstile = Arc::new(Turnstile::default());
        let flood: Vec<Pass> = std::iter::from_fn(|| turnstile.enter("lena")).collect();
        assert_eq!(flood.len(), MAX_CONCURRENT_REQUESTS);
        assert!(turnstile.enter("jonas").is_some());
        drop(flood);
        assert!(turnstile.enter("lena").is_some());
    }
}
