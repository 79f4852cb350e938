//! Waiting for something that takes its time, with an end and a message that says for what.

use std::time::Duration;

use anyhow::{Result, bail};

/// Long enough for a loaded machine; what takes longer is broken.
pub const LONG: Duration = Duration::from_secs(30);

const STEP: Duration = Duration::from_millis(50);

/// Asks until `ask` gives a value, at most for `limit`. `what` completes "waited in vain for …". An
/// error of `ask` counts as "not yet"; the last one is told.
pub async fn eventually<T>(
    what: &str,
    limit: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let mut last = None;
    let asking = async {
        loop {
            match ask().await {
                Ok(Some(value)) => return value,
                Ok(None) => {}
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(STEP).await;
        }
    };
    let found = tokio::time::timeout(limit, asking).await;
    match (found, last) {
        (Ok(value), _) => Ok(value),
        (Err(_), Some(error)) => bail!("waited {} s in vain for {what}: {error:#}", limit.as_secs()),
        (Err(_), None) => bail!("waited {} s in vain for {what}", limit.as_secs()),
    }
}
