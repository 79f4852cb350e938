//! How clients other than the app may say who they are (RFC 9110 §11.6.1).

use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{AUTHORIZATION, COOKIE, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::Response,
};

const BEARER: HeaderValue = HeaderValue::from_static("Bearer realm=\"tornister\"");
const BASIC: HeaderValue = HeaderValue::from_static("Basic realm=\"tornister\", charset=\"UTF-8\"");
/// All browsers send it, no script can leave it out.
const FROM_BROWSER: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Tells who came without a cookie and was not known what would be understood. A browser does not hear of
/// `Basic`: it would ask for the password in a window of its own, and keep it.
pub async fn offer(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let has_cookie = headers.contains_key(COOKIE);
    let is_browser = headers.contains_key(FROM_BROWSER);
    let mut response = next.run(request).await;
    if response.status() == StatusCode::UNAUTHORIZED && !has_cookie {
        let headers = response.headers_mut();
        headers.append(WWW_AUTHENTICATE, BEARER);
        if !is_browser {
            headers.append(WWW_AUTHENTICATE, BASIC);
        }
    }
    response
}

/// Whether a request carries nothing that a browser would have added by itself: a program put its app
/// password there, so it does not matter which site that program is of. `Basic` is not so: browsers remember.
pub fn speaks_for_itself(headers: &HeaderMap) -> bool {
    let scheme = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().get(..7));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer ")) && !headers.contains_key(COOKIE)
}
