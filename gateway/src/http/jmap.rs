//! JMAP over HTTP: the Session and the API (RFC 8620 §2, §3.1).

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderValue, header::SET_COOKIE},
    response::{IntoResponse as _, Response},
};

use super::{Gateway, body, error::Error, origin::Base, visitor::Visitor};
use crate::jmap::{
    self, envelope,
    limits::{MAX_CONCURRENT_REQUESTS, MAX_SIZE_REQUEST},
};

/// `GET /.well-known/jmap`.
pub async fn session(visitor: Visitor, Base(base): Base) -> Response {
    let session = jmap::session::session(&base, &visitor.session.login, &visitor.accounts);
    with_cookie(Json(session).into_response(), visitor.cookie)
}

/// `POST /jmap/api`.
pub async fn api(State(gateway): State<Gateway>, visitor: Visitor, body: Body) -> Result<Response, Error> {
    let _pass = gateway.turnstile.enter(&visitor.session.login).ok_or_else(|| {
        let detail = format!("at most {MAX_CONCURRENT_REQUESTS} requests at once");
        Error::Problem(envelope::limit("maxConcurrentRequests", 429, detail))
    })?;
    let body = body::read(body, MAX_SIZE_REQUEST).await.ok_or_else(|| {
        let detail = format!("a request has at most {MAX_SIZE_REQUEST} bytes");
        Error::Problem(envelope::limit("maxSizeRequest", 413, detail))
    })?;
    let request = envelope::read(&body).map_err(Error::Problem)?;
    let state = jmap::session::state(&visitor.session.login, &visitor.accounts);
    let answer = jmap::answer(request, &visitor.accounts, &gateway.environment, state).await;
    Ok(with_cookie(Json(answer).into_response(), visitor.cookie))
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
