//! Random instants, from a seed that a failed story tells.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

/// A small generator of numbers (splitmix64).
pub struct Chance {
    state: u64,
}

impl Chance {
    /// Begins with the seed in `TORNISTER_SEED`, or one that nobody has seen before; prints it.
    #[must_use]
    pub fn begin() -> Self {
        let given = std::env::var("TORNISTER_SEED").ok().and_then(|seed| seed.parse().ok());
        let state = given.unwrap_or_else(|| RandomState::new().hash_one("a seed"));
        println!("TORNISTER_SEED={state}");
        Self::of(state)
    }

    /// The same numbers whenever the seed is the same.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number under `bound`.
    pub fn under(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    /// A moment before `most` is over.
    pub fn moment(&mut self, most: Duration) -> Duration {
        Duration::from_millis(self.under(u64::try_from(most.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// A number from the environment: how often, or for how long, a story does what it does.
#[must_use]
pub fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}
