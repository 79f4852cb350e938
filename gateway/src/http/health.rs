//! `GET /healthz`: for whoever restarts what does not answer.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse as _, Response},
};

use super::{Gateway, error::Error};

/// 200 where the database answers, else 503.
pub async fn health(State(gateway): State<Gateway>) -> Result<Response, Error> {
    gateway.sessions.check().await?;
    let fresh = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::OK, fresh, "ok\n").into_response())
}
