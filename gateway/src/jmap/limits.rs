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
/// Operators and conditions in a filter: what a database can look at.
pub const MAX_FILTERS: usize = 500;
/// The orders of texts (RFC 4790), as RFC 5051 defines them.
pub const COLLATIONS: [&str; 1] = ["i;unicode-casemap"];
/// Bytes of an upload; the RFC suggests no less.
pub const MAX_SIZE_UPLOAD: usize = 50_000_000;
/// Uploads of one person at once.
pub const MAX_CONCURRENT_UPLOAD: usize = 4;
/// Downloads of one person at once, until their bytes are found.
pub const MAX_CONCURRENT_DOWNLOAD: usize = 8;
/// Octets of a mailbox's name.
pub const MAX_SIZE_MAILBOX_NAME: usize = 255;
/// Octets of the attachments of one new mail.
pub const MAX_SIZE_ATTACHMENTS: usize = 50_000_000;
/// Octets of all mails that one call imports or copies.
pub const MAX_SIZE_BATCH: usize = 200_000_000;
