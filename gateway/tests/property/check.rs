//! Runs a property on many plans.

use proptest::prelude::*;

use crate::common::Client;

/// An account that plans are carried out on.
pub trait Subject: Sized {
    async fn new() -> Self;

    /// Destroys what plans have left.
    async fn clear(&self);

    fn client(&self) -> &Client;
}

/// Checks a property of many plans, all on one account.
pub fn check<S: Subject, T: std::fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = T>,
    property: &impl AsyncFn(&S, T) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let subject = runtime.block_on(S::new());
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = proptest::test_runner::TestRunner::new(config).run(&strategy, |plan| {
        runtime.block_on(async {
            subject.clear().await;
            property(&subject, plan).await
        })
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
