//! What is too much (RFC 8620 §2); the Session tells clients.

/// Bytes of a request's body.
pub const MAX_SIZE_REQUEST: usize = 10_000_000;
/// Method calls in a request.
pub const MAX_CALLS_IN_REQUEST: usize = 64;
/// Objects in a `/get`.
pub const MAX_OBJECTS_IN_GET: usize = 500;
/// Objects in a `/set`.
pub const MAX_OBJECTS_IN_SET: usize = 500;
/// Requests of one person at once.
pub const MAX_CONCURRENT_REQUESTS: usize = 8;
/// Ids in one answer to a `/query` without a limit.
pub const MAX_IDS_IN_QUERY: usize = 10_000;
