//! A wire with a meter: passes bytes between the browser and a server and counts them.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Result;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Ends each HTTP/1.1 request's first line and occurs nowhere else in ours.
const REQUEST_LINE_END: &[u8] = b" HTTP/1.1\r\n";

/// Counts since the start or the last [`Meter::reset`].
#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    down: AtomicU64,
}

/// The wire. Ends with this value.
pub struct Meter {
    port: u16,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

impl Meter {
    /// Listens on a free port of the loopback and passes everything on to `server`.
    pub async fn to(server: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let counts = Arc::new(Counts::default());
        let task = tokio::spawn(accept(listener, server, counts.clone()));
        Ok(Self { port, counts, task })
    }

    /// What the browser is to call.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Begins to count anew.
    pub fn reset(&self) {
        self.counts.requests.store(0, Ordering::Relaxed);
        self.counts.down.store(0, Ordering::Relaxed);
    }

    /// Requests, and bytes to the browser, HTTP headers included.
    pub fn read(&self) -> (u64, u64) {
        (self.counts.requests.load(Ordering::Relaxed), self.counts.down.load(Ordering::Relaxed))
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, server: u16, counts: Arc<Counts>) {
    while let Ok((browser, _)) = listener.accept().await {
        let counts = counts.clone();
        tokio::spawn(async move {
            // An error is an end of the connection, which both sides notice.
            if let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await {
                let ((from_browser, to_browser), (from_server, to_server)) =
                    (browser.into_split(), server.into_split());
                let requests = |bytes: &[u8]| {
                    let lines =
                        bytes.windows(REQUEST_LINE_END.len()).filter(|part| *part == REQUEST_LINE_END);
                    counts.requests.fetch_add(lines.count() as u64, Ordering::Relaxed);
                };
                let down = |bytes: &[u8]| {
                    counts.down.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                };
                let up = pass(from_browser, to_server, requests);
                let down = pass(from_server, to_browser, down);
                tokio::select! { _ = up => {}, _ = down => {} }
            }
        });
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    count: impl Fn(&[u8]),
) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        let Some(bytes) = buffer.get(..length).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
        count(bytes);
        to.write_all(bytes).await?;
    }
}
