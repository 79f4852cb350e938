//! HTTP/1.1 from the other side: as little work as possible, so that the one who asks is never what is measured.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A connection that stays.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came.
#[derive(Debug)]
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// All of it before the body.
    pub head: String,
    /// Without the marks of chunks.
    pub body: Vec<u8>,
}

/// A request, written down.
pub fn request(method: &str, path: &str, cookie: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
    let content = if method == "GET" {
        String::new()
    } else {
        format!("content-type: application/json\r\ncontent-length: {length}\r\n")
    };
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{cookie}{headers}{content}\r\n{body}")
        .into_bytes()
}

impl Connection {
    /// Opens one.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends a request and reads its answer's head; for streams that never end.
    pub async fn begin(&mut self, request: &[u8]) -> Result<(u16, String)> {
        self.stream.write_all(request).await?;
        let end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8(self.buffer.drain(..end).collect())?.to_lowercase();
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        Ok((status, head))
    }

    /// Sends a request and reads the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        let (status, head) = self.begin(request).await?;
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        let body = if let Some(length) = field("content-length: ") {
            self.take(length.trim().parse()?).await?
        } else if field("transfer-encoding: chunked").is_some() {
            self.chunks().await?
        } else {
            Vec::new()
        };
        Ok(Answer { status, head, body })
    }

    /// The same for answers in JSON.
    pub async fn ask_json(&mut self, request: &[u8]) -> Result<Value> {
        let answer = self.ask(request).await?;
        if answer.status != 200 {
            bail!("{}{}", answer.head, String::from_utf8_lossy(&answer.body));
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }

    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = loop {
                if let Some(at) = find(&self.buffer, b"\r\n") {
                    break at;
                }
                self.more().await?;
            };
            let size = std::str::from_utf8(&self.buffer[..end])?.trim();
            let size = usize::from_str_radix(size, 16).context("no chunk")?;
            self.buffer.drain(..end + 2);
            body.extend(self.take(size).await?);
            self.take(2).await?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.more().await?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}
