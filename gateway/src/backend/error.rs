//! Why a backend did not answer.

/// Why a backend did not answer. None of these has changed anything.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// What changed since then is not known (any more).
    #[error("the changes since that state are not known")]
    CannotCalculateChanges,
    /// More objects than one answer may hold.
    #[error("more than {limit} objects")]
    TooManyObjects {
        /// The most that may be asked for.
        limit: usize,
    },
    /// `ifInState` names another state.
    #[error("the state is another one")]
    StateMismatch,
    /// The backend cannot filter so.
    #[error("cannot filter by {0}")]
    UnsupportedFilter(String),
    /// The backend cannot sort so.
    #[error("cannot sort by {0}")]
    UnsupportedSort(String),
    /// A series has more occurrences than can be told.
    #[error("there are too many occurrences; ask for a shorter time")]
    CannotCalculateOccurrences,
    /// Busy or away; worth another try.
    #[error("the school's data cannot be reached now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault on this side.
    #[error("the school's data cannot be read")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<sqlx::Error> for BackendError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Unavailable(error.into()),
            // SQLITE_BUSY and its kin: another process holds the database.
            sqlx::Error::Database(inner)
                if matches!(inner.code().as_deref(), Some("5" | "261" | "517" | "773")) =>
            {
                Self::Unavailable(error.into())
            }
            _ => Self::Internal(error.into()),
        }
    }
}

impl From<serde_json::Error> for BackendError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<std::io::Error> for BackendError {
    fn from(error: std::io::Error) -> Self {
        Self::Internal(error.into())
    }
}
