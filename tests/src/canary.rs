//! A proxy that lets nothing through: it notes which hosts a browser asks for.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// Listens until it is dropped.
pub struct Canary {
    port: u16,
    heard: Arc<Mutex<BTreeSet<String>>>,
    listening: tokio::task::JoinHandle<()>,
}

impl Canary {
    /// Listens on a free port of this machine.
    pub async fn listen() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let heard = Arc::<Mutex<BTreeSet<String>>>::default();
        let notes = heard.clone();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let notes = notes.clone();
                tokio::spawn(async move {
                    if let Ok(Some(host)) = refuse(stream).await {
                        notes.lock().unwrap_or_else(PoisonError::into_inner).insert(host);
                    }
                });
            }
        });
        Ok(Self { port, heard, listening })
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The hosts that were asked for so far, in lower case and without ports.
    #[must_use]
    pub fn heard(&self) -> BTreeSet<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// The host in `GET http://host/path HTTP/1.1` or `CONNECT host:443 HTTP/1.1`. Browsers also open connections in
/// advance and close them without having asked for anything.
async fn refuse(mut stream: TcpStream) -> Result<Option<String>> {
    let mut line = String::new();
    BufReader::new(&mut stream).read_line(&mut line).await?;
    stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await?;
    let target = line.split_whitespace().nth(1).unwrap_or_default();
    let target = target.split_once("://").map_or(target, |(_, rest)| rest);
    let host = target.split(['/', ':', '?']).next().unwrap_or_default();
    Ok((!host.is_empty()).then(|| host.to_ascii_lowercase()))
}
