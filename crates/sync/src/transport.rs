//! Where the server is.

use tornister_protocol::core::{Request, Response, Session};

/// Reaches the server, with a time limit of its own for each call. The session's cookie is its
/// business.
#[expect(async_fn_in_trait, reason = "page and worker are single-threaded; no future crosses threads")]
pub trait Transport {
    /// Who is logged in (RFC 8620 §2).
    async fn session(&self) -> Result<Session, TransportError>;

    /// Sends a request (RFC 8620 §3).
    async fn call(&self, request: &Request) -> Result<Response, TransportError>;

    /// Fetches a blob of at most `limit` bytes from an address made of the session's template
    /// (RFC 8620 §6.2).
    async fn download(&self, url: &str, limit: u64) -> Result<Vec<u8>, TransportError>;
}

/// Why the server did not answer as hoped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No answer: no network, or the server is down. Try again later.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The session has ended: the user has to log in again. Nothing is lost.
    #[error("the session has ended")]
    LoggedOut,
    /// The server is busy or broken; try again after so many seconds.
    #[error("the server answered {status}")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// From `Retry-After`.
        retry_after: Option<u32>,
    },
    /// The server refused the request as such, which trying again does not mend.
    #[error("the server refused the request with {status}")]
    Rejected {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer cannot be read.
    #[error("the answer cannot be read: {0}")]
    Malformed(String),
}

impl TransportError {
    /// Whether trying again is pointless without a new version or a new login.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Unreachable | Self::Unavailable { .. } | Self::Malformed(_) => false,
            Self::LoggedOut | Self::Rejected { .. } | Self::TooLarge => true,
        }
    }
}
