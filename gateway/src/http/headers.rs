//! What every answer tells the browser.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};

use super::{Gateway, origin::is_https};

/// Nothing from elsewhere, no inline script or style; wasm may run, and a mail's inert HTML may be framed.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    font-src 'self'; frame-src 'self' blob:; form-action 'none'; base-uri 'none'; object-src 'none'; \
    frame-ancestors 'none'";

/// For all that is no page and runs nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// A year: the address has been https once, so it stays https.
const HSTS: &str = "max-age=31536000";

/// Answers about a person are kept by no cache.
pub async fn private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What every answer says, whatever it is. Answers to POSTs say less: an empty delta is sent often, and no
/// other site can embed what it cannot ask for.
pub async fn every(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let is_post = request.method() == Method::POST;
    let is_https = is_https(&gateway, request.headers(), request.extensions());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !is_post {
        let name = HeaderName::from_static("cross-origin-resource-policy");
        headers.insert(name, HeaderValue::from_static("same-origin"));
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING));
    }
    if is_https && !is_post {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    response
}

/// What a script of the app says besides: one that runs as a worker is bound by its own answer, not by its page's.
pub fn script(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
}

/// What a page of the app says besides.
pub fn page(headers: &mut HeaderMap) {
    script(headers);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
}
