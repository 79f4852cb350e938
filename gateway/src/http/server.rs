//! Connections: taken, encrypted where there is a certificate, and ended when they are too slow or when the
//! process stops.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use super::{tls::Tls, turnstile::Turnstile};
use crate::session::brake::network;

/// Running requests get so long when the process stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(35);
/// Of a request's head.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// A school with an event stream and a request for each of 4,000 pupils.
const MAX_CONNECTIONS: usize = 8192;
/// When no connection can be taken, such as without free file handles.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a client is waited for, and for how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a request's head, and between two requests.
    pub head: Duration,
    /// For a TLS handshake.
    pub handshake: Duration,
    /// For taking any more of an answer.
    pub write: Duration,
    /// Connections from one network, at most: a whole school may come from one, as from a proxy, and yet not keep
    /// everybody else out.
    pub from_one: usize,
}

impl Default for Patience {
    fn default() -> Self {
        let [head, handshake, write] = [60, 10, 30].map(Duration::from_secs);
        Self { head, handshake, write, from_one: MAX_CONNECTIONS / 2 }
    }
}

/// Serves until `stop`; then running requests end.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    router: Router,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let networks = Turnstile::new(patience.from_one);
    let mut stop = std::pin::pin!(stop);
    loop {
        let taken = async {
            let place = room.clone().acquire_owned().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((listener.accept().await?, place))
        };
        let ((stream, peer), place) = tokio::select! {
            taken = taken => match taken {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let Some(pass) = networks.enter(&network(peer.ip()).to_string()) else {
            tracing::debug!("too many connections from one network");
            continue;
        };
        let (router, tls, watcher) = (router.clone(), tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _places = (place, pass);
            match encrypted(stream, tls, patience).await {
                Some(Stream::Plain(stream)) => talk((stream, peer), router, patience, watcher).await,
                Some(Stream::Encrypted(stream)) => talk((*stream, peer), router, patience, watcher).await,
                None => {}
            }
        });
    }
    drop(listener);
    let Some(graceful) = Arc::into_inner(graceful) else { return };
    if timeout(STOP_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

enum Stream {
    Plain(TcpStream),
    Encrypted(Box<tokio_rustls::server::TlsStream<TcpStream>>),
}

async fn encrypted(stream: TcpStream, tls: Option<Tls>, patience: Patience) -> Option<Stream> {
    // Small answers must not wait for each other; where that cannot be set they do.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return Some(Stream::Plain(stream)) };
    match timeout(patience.handshake, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => Some(Stream::Encrypted(Box::new(stream))),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no handshake");
            None
        }
        Err(_) => None,
    }
}

async fn talk(
    (stream, peer): (impl AsyncRead + AsyncWrite + Send + 'static, SocketAddr),
    router: Router,
    patience: Patience,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience.write));
    let stream = Box::pin(stream);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
