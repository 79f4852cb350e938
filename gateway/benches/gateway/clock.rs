//! The one place that asks for the time.

use std::time::{Duration, Instant};

/// Seconds that pass.
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins.
    #[expect(
        clippy::disallowed_methods,
        reason = "a bench measures time; nothing else of it reads the clock"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Since the beginning.
    pub fn seconds(&self) -> f64 {
        self.elapsed().as_secs_f64()
    }

    /// When so much has passed since the beginning, for sleeping until then.
    pub fn after(&self, passed: Duration) -> tokio::time::Instant {
        (self.0 + passed).into()
    }
}
