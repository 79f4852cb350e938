//! Everything that speaks HTTP.
//!
//! Floor plan:
//! - [`auth`]: login, new passwords and logout. [`jmap`]: the Session and the API. [`download`], [`upload`]: blobs. [`body`]: what is sent.
//! - [`events`]: what has changed, pushed.
//! - [`assets`]: the built app.
//! - [`visitor`]: who asks. [`challenge`]: how other clients may say so. [`origin`]: from where. [`headers`]: what every answer says to the browser.
//! - [`server`], [`tls`]: connections. [`metrics`]: what is counted. [`health`]: whether all is well.
//! - [`error`]: the one error, and what of it a client sees.

pub mod assets;
mod auth;
mod body;
mod challenge;
mod download;
mod error;
mod events;
mod headers;
mod health;
mod jmap;
pub mod metrics;
pub mod origin;
pub mod server;
pub mod tls;
mod turnstile;
mod upload;
mod visitor;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware,
    routing::{get, post},
};
use ipnet::IpNet;
use tokio::sync::watch;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
};

use crate::{
    backend::School,
    environment::Environment,
    jmap::limits::{MAX_CONCURRENT_DOWNLOAD, MAX_CONCURRENT_REQUESTS, MAX_CONCURRENT_UPLOAD},
    session::{Sessions, brake::Brake},
};
use assets::Assets;
use metrics::Metrics;
use origin::PublicUrl;
use turnstile::Turnstile;

/// Of everything but a JMAP request.
const SMALL_BODY_BYTES: usize = 8 * 1024;
/// Of an event stream.
const FASTEST_PING: Duration = Duration::from_secs(10);
/// Of one person at once: devices and tabs.
const MAX_EVENT_STREAMS: usize = 16;

/// How long requests may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Any request but an upload, its body included.
    pub request: Duration,
    /// An upload.
    pub upload: Duration,
    /// Between two pieces of an upload.
    pub rest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let [request, rest] = [30, 30].map(Duration::from_secs);
        // The largest upload needs half a megabit a second.
        Self { request, upload: Duration::from_secs(15 * 60), rest }
    }
}

/// What the routes work with.
#[derive(Clone)]
pub struct Gateway {
    /// The people and their data.
    pub school: Arc<dyn School>,
    /// Who is logged in.
    pub sessions: Sessions,
    /// Time and randomness.
    pub environment: Environment,
    /// The built app.
    pub assets: Assets,
    /// How browsers reach this gateway, where a proxy stands before it.
    pub public_url: Option<PublicUrl>,
    /// Proxies that are believed what they say of the client.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Whether connections are encrypted by this process.
    pub is_tls: bool,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Against guessing.
    pub brake: Arc<Brake>,
    /// How long requests may take.
    pub limits: Limits,
    /// The fastest ping of an event stream that a client may ask for; whole seconds.
    pub fastest_ping: Duration,
    /// Turns true when the gateway stops: event streams end then, which else go on for ever.
    pub closing: Arc<watch::Sender<bool>>,
    /// Against one person's flood.
    turnstile: Arc<Turnstile>,
    uploading: Arc<Turnstile>,
    downloading: Arc<Turnstile>,
    listening: Arc<Turnstile>,
}

impl Gateway {
    /// A gateway without a proxy before it.
    #[must_use]
    pub fn new(
        school: Arc<dyn School>,
        sessions: Sessions,
        environment: Environment,
        assets: Assets,
    ) -> Self {
        Self {
            school,
            sessions,
            environment,
            assets,
            public_url: None,
            trusted_proxies: Arc::default(),
            is_tls: false,
            metrics: Arc::default(),
            brake: Arc::default(),
            limits: Limits::default(),
            fastest_ping: FASTEST_PING,
            closing: Arc::default(),
            turnstile: Turnstile::new(MAX_CONCURRENT_REQUESTS),
            uploading: Turnstile::new(MAX_CONCURRENT_UPLOAD),
            downloading: Turnstile::new(MAX_CONCURRENT_DOWNLOAD),
            listening: Turnstile::new(MAX_EVENT_STREAMS),
        }
    }
}

/// All routes.
pub fn router(gateway: Gateway) -> Router {
    // Level 4 halves an empty delta's bytes without costing time that anybody would notice.
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(4));
    let api = Router::new()
        .route("/.well-known/jmap", get(jmap::session))
        .route("/jmap/api", post(jmap::api).layer(DefaultBodyLimit::disable()))
        .route("/auth/login", post(auth::login))
        .route("/auth/password", post(auth::password))
        .route("/auth/logout", post(auth::logout))
        .layer(middleware::from_fn(origin::check_json))
        .layer(middleware::from_fn_with_state(gateway.clone(), origin::check))
        .layer(middleware::from_fn(challenge::offer))
        .layer(middleware::from_fn(headers::private));
    let timeout = |time| TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time);
    let uploads = Router::new()
        .route("/jmap/upload/{account_id}", post(upload::upload))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyTimeoutLayer::new(gateway.limits.rest))
        .layer(timeout(gateway.limits.upload));
    let uncompressed = Router::new()
        .route("/jmap/download/{account_id}/{blob_id}/{name}", get(download::download))
        .route("/jmap/events", get(events::events))
        .layer(timeout(gateway.limits.request))
        .merge(uploads)
        .layer(middleware::from_fn_with_state(gateway.clone(), origin::check))
        .layer(middleware::from_fn(challenge::offer))
        .layer(middleware::from_fn(headers::private));
    Router::new()
        .merge(api)
        .fallback(assets::serve)
        .layer(compression)
        .route("/healthz", get(health::health))
        .layer(timeout(gateway.limits.request))
        .merge(uncompressed)
        .layer(DefaultBodyLimit::max(SMALL_BODY_BYTES))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(gateway.clone(), metrics::count))
        .layer(middleware::from_fn_with_state(gateway.clone(), headers::every))
        .with_state(gateway)
}
