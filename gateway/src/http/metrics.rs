//! What is counted, for Prometheus: how much and how fast, never who.

use std::sync::Arc;

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse as _, Response},
    routing::get,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};
use tokio::time::Instant;

use super::Gateway;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Labels {
    /// The route's pattern, never an address.
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

/// The counters of one process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<RouteLabel, Histogram>,
    running: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tornister");
        let requests = Family::<Labels, Counter>::default();
        // A quarter of a millisecond to eight seconds.
        let histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let seconds = Family::<RouteLabel, Histogram>::new_with_constructor(histogram);
        let running = Gauge::default();
        registry.register("http_requests", "Requests by route and status", requests.clone());
        registry.register("http_request_seconds", "Time until the answer's head", seconds.clone());
        registry.register("http_requests_running", "Requests under way", running.clone());
        Self { registry, requests, seconds, running }
    }
}

/// Counts every request, and tells the log of it.
pub async fn count(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let metrics = &gateway.metrics;
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "app".to_owned(), |path| path.as_str().to_owned());
    let began = Instant::now();
    let running = Running::begin(metrics);
    let response = next.run(request).await;
    drop(running);
    let (status, took) = (response.status().as_u16(), began.elapsed());
    tracing::debug!(route, status, micros = took.as_micros(), "request");
    metrics.seconds.get_or_create(&RouteLabel { route: route.clone() }).observe(took.as_secs_f64());
    metrics.requests.get_or_create(&Labels { route, status }).inc();
    response
}

/// Counts down also where the client has gone.
struct Running<'m>(&'m Metrics);

impl<'m> Running<'m> {
    fn begin(metrics: &'m Metrics) -> Self {
        metrics.running.inc();
        Self(metrics)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.dec();
    }
}

/// `GET /metrics`, on an address of its own: counters are nobody's business but the administrator's.
pub fn router(metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(text)).with_state(metrics)
}

async fn text(State(metrics): State<Arc<Metrics>>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &metrics.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
