//! Reading a request's body within a limit.

use axum::body::{Body, Bytes};
use futures_util::StreamExt as _;

/// Of a body that is too long so many times the limit is read and thrown away: most clients listen for the answer only
/// when they have said everything, and would see a broken connection instead of the reason.
const PATIENCE: usize = 4;

/// The whole body; `None` where it is longer than `limit` bytes or breaks off. How long it may take, the server says.
pub async fn read(body: Body, limit: usize) -> Option<Bytes> {
    let mut stream = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(some) = stream.next().await {
        let some = some.ok()?;
        length = length.saturating_add(some.len());
        if length <= limit {
            whole.extend_from_slice(&some);
        } else if length > limit.saturating_mul(PATIENCE) {
            break;
        }
    }
    (length <= limit).then(|| whole.into())
}
