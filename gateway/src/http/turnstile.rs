//! How many requests, uploads or event streams of one person run at once (RFC 8620 §2).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts those inside, by login.
#[derive(Debug)]
pub struct Turnstile {
    at_once: usize,
    inside: Mutex<HashMap<String, usize>>,
}

/// Somebody inside; leaves when dropped.
#[derive(Debug)]
pub struct Pass {
    turnstile: Arc<Turnstile>,
    login: String,
}

impl Turnstile {
    /// Lets in so many of one person at once.
    pub fn new(at_once: usize) -> Arc<Self> {
        Arc::new(Self { at_once, inside: Mutex::default() })
    }

    /// Lets a request in, unless too many of this person are inside.
    pub fn enter(self: &Arc<Self>, login: &str) -> Option<Pass> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inside.entry(login.to_owned()).or_default();
        if *count >= self.at_once {
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
        let turnstile = Turnstile::new(3);
        let flood: Vec<Pass> = std::iter::from_fn(|| turnstile.enter("lena")).collect();
        assert_eq!(flood.len(), 3);
        assert!(turnstile.enter("jonas").is_some());
        drop(flood);
        assert!(turnstile.enter("lena").is_some());
    }
}
