//! Clock and randomness as parameters, so that a test can set the time and nothing reads it in passing.

use std::sync::Arc;

use chrono::{Local, Utc};
use tornister_protocol::time::{LocalDate, UtcDate};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// This moment.
    fn now(&self) -> UtcDate;

    /// The day on the wall calendar here.
    fn today(&self) -> LocalDate;

    /// Whole seconds since 1970 began.
    fn unix_seconds(&self) -> i64 {
        self.now().unix_millis().div_euclid(1000)
    }
}

/// Gives bytes that nobody can guess.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// Where the operating system gives no randomness.
    fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()>;
}

/// What the world outside gives to everything inside.
#[derive(Clone)]
pub struct Environment {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Environment {
    /// The machine's own clock and randomness.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) }
    }
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UtcDate {
        UtcDate(Utc::now().naive_utc())
    }

    fn today(&self) -> LocalDate {
        LocalDate(Local::now().date_naive())
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()> {
        getrandom::fill(bytes).map_err(std::io::Error::other)
    }
}
