//! A wire that remembers: it passes requests on to a gateway, and answers a JMAP request that it has
//! seen before by itself, with the same bytes. So what is measured behind it is the browser's work, and
//! the app and its reference get the same answers at the same pace.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::Instant,
};

const API: &[u8] = b"POST /jmap/api ";
const HEAD_END: &[u8] = b"\r\n\r\n";

/// What was asked and answered. Clones share it.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Remembered>>);

#[derive(Default)]
struct Remembered {
    /// Whole answers, by the request's body.
    answers: HashMap<Vec<u8>, Arc<Vec<u8>>>,
    /// Bodies of requests in their order, since the last reset.
    asked: Vec<Vec<u8>>,
    began: Option<Instant>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to note anew what is asked; the answers stay.
    pub fn reset(&self) {
        let mut memory = self.lock();
        memory.asked.clear();
        memory.began = None;
    }

    /// The bodies of all JMAP requests since the last reset.
    pub fn asked(&self) -> Vec<String> {
        self.lock().asked.iter().map(|body| String::from_utf8_lossy(body).into_owned()).collect()
    }

    /// How long ago the first answer since the last reset was there.
    pub fn elapsed(&self) -> Result<Duration> {
        Ok(self.lock().began.context("nothing was asked")?.elapsed())
    }

    /// Notes a request; its answer, if that is known.
    fn ask(&self, body: &[u8]) -> Option<Arc<Vec<u8>>> {
        let mut memory = self.lock();
        memory.asked.push(body.to_vec());
        let known = memory.answers.get(body).cloned();
        if known.is_some() {
            memory.began.get_or_insert_with(Instant::now);
        }
        known
    }

    /// Remembers what the server answered. The server's time before does not count.
    fn keep(&self, body: Vec<u8>, answer: Vec<u8>) {
        let mut memory = self.lock();
        memory.began.get_or_insert_with(Instant::now);
        memory.answers.insert(body, Arc::new(answer));
    }
}

/// The wire. Ends with this value.
pub struct Tape {
    port: u16,
    task: JoinHandle<()>,
}

impl Tape {
    /// Listens on a free port of the loopback.
    pub async fn to(server: u16, memory: &Memory) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let memory = memory.clone();
        let task = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                let memory = memory.clone();
                // An error is an end of the connection, which the browser notices.
                tokio::spawn(async move { answer(browser, server, &memory).await });
            }
        });
        Ok(Self { port, task })
    }

    /// What the browser is to call.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request to a connection: each answer ends with it.
async fn answer(mut browser: TcpStream, port: u16, memory: &Memory) -> Result<()> {
    let Some((head, body)) = request(&mut browser).await? else { return Ok(()) };
    let is_api = head.starts_with(API);
    if is_api && let Some(known) = memory.ask(&body) {
        browser.write_all(&known).await?;
        return Ok(browser.shutdown().await?);
    }
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    server.write_all(&[&closing(&head)[..], &body].concat()).await?;
    if is_api {
        let mut said = Vec::new();
        server.read_to_end(&mut said).await?;
        if said.starts_with(b"HTTP/1.1 200") {
            memory.keep(body, said.clone());
        }
        browser.write_all(&said).await?;
    } else {
        tokio::io::copy(&mut server, &mut browser).await?;
    }
    Ok(browser.shutdown().await?)
}

/// A request's head, with its empty line, and its body.
async fn request(browser: &mut TcpStream) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        let end = bytes.windows(HEAD_END.len()).position(|part| part == HEAD_END);
        if let Some(end) = end.map(|at| at + HEAD_END.len()) {
            let length = header(&bytes[..end], "content-length").and_then(|length| length.parse().ok());
            if bytes.len() >= end + length.unwrap_or(0) {
                let body = bytes.split_off(end);
                return Ok(Some((bytes, body)));
            }
        }
        let length = browser.read(&mut buffer).await?;
        if length == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&buffer[..length]);
    }
}

fn header<'h>(head: &'h [u8], name: &str) -> Option<&'h str> {
    let lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let mut headers = lines.filter_map(|line| line.split_once(": "));
    headers.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The head with the wish that the server closes the connection after its answer.
fn closing(head: &[u8]) -> Vec<u8> {
    let head = String::from_utf8_lossy(head);
    let lines = head.trim_end().split("\r\n");
    let kept = lines.filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let mut head = kept.collect::<Vec<_>>().join("\r\n");
    head.push_str("\r\nConnection: close\r\n\r\n");
    head.into_bytes()
}
