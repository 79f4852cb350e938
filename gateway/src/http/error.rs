//! The one error of the routes.

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use tornister_protocol::{auth::Refusal, core::ProblemDetails};

use crate::backend::BackendError;

/// Why a request was not answered. Shows no internals; faults on this side are logged here, once.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is logged in, or no longer.
    #[error("not logged in")]
    NotLoggedIn,
    /// The login was refused.
    #[error("login refused")]
    Refused(Refusal),
    /// From another site, or in a form that another site could send.
    #[error("{0}")]
    Forbidden(&'static str),
    /// More at once than one person needs.
    #[error("{0}")]
    TooMany(&'static str),
    /// Not understood.
    #[error("{0}")]
    BadRequest(String),
    /// A request-level JMAP error.
    #[error("{}", .0.detail)]
    Problem(ProblemDetails),
    /// No such thing, or not for this person.
    #[error("not found")]
    NotFound,
    /// The backend failed.
    #[error("the school's data cannot be reached")]
    Backend(#[from] BackendError),
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let text = self.to_string();
        match self {
            Self::NotLoggedIn => plain(StatusCode::UNAUTHORIZED, text),
            Self::Refused(refusal) => refused(refusal),
            Self::Forbidden(_) => plain(StatusCode::FORBIDDEN, text),
            Self::TooMany(_) => plain(StatusCode::TOO_MANY_REQUESTS, text),
            Self::BadRequest(_) => plain(StatusCode::BAD_REQUEST, text),
            Self::Problem(details) => problem(&details),
            Self::NotFound => plain(StatusCode::NOT_FOUND, text),
            Self::Backend(failure) => {
                tracing::error!(error = ?failure, "backend failed");
                plain(StatusCode::SERVICE_UNAVAILABLE, text)
            }
        }
    }
}

/// A problem that its status says all of (RFC 9457 §4.2.1).
fn plain(status: StatusCode, detail: String) -> Response {
    let kind = "about:blank".to_owned();
    problem(&ProblemDetails { kind, status: status.as_u16(), detail, limit: None })
}

fn problem(details: &ProblemDetails) -> Response {
    let status = StatusCode::from_u16(details.status).unwrap_or(StatusCode::BAD_REQUEST);
    let kind = HeaderValue::from_static("application/problem+json");
    (status, [(CONTENT_TYPE, kind)], Json(details)).into_response()
}

fn refused(refusal: Refusal) -> Response {
    let (status, wait) = match &refusal {
        Refusal::WrongCredentials => (StatusCode::UNAUTHORIZED, None),
        Refusal::Locked | Refusal::NewPasswordNeeded(_) => (StatusCode::FORBIDDEN, None),
        Refusal::WeakPassword(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
        Refusal::TooManyTries { retry_after } => (StatusCode::TOO_MANY_REQUESTS, Some(*retry_after)),
    };
    let mut response = (status, Json(refusal)).into_response();
    if let Some(wait) = wait {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}
