//! The server over HTTP. The session's cookie is the browser's business: no script can read it.

use gloo_net::http::{RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use tornister_protocol::core::{Request, Response as Answer, Session};
use tornister_sync::{
    json,
    transport::{Transport, TransportError},
};
use web_sys::AbortController;

/// Within this time an answer begins, in milliseconds, or the request counts as unanswered.
const BEGIN_MILLIS: u32 = 30_000;
/// Within this time it is there whole: a first page of mail over a line of 100 kbit/s is.
const ANSWER_MILLIS: u32 = 120_000;
/// Attachments may take longer.
const DOWNLOAD_MILLIS: u32 = 600_000;
/// The largest answer to a JMAP request, in bytes.
const MOST_ANSWER_BYTES: u64 = 32_000_000;
/// Where requests go; the app and its server are one origin.
const API: &str = "/jmap/api";
const SESSION: &str = "/.well-known/jmap";

/// Reaches the server that the app came from.
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpTransport;

impl Transport for HttpTransport {
    async fn session(&self) -> Result<Session, TransportError> {
        let bytes =
            fetch(gloo_net::http::Request::get(SESSION), None, ANSWER_MILLIS, MOST_ANSWER_BYTES).await?;
        json::read(&bytes).map_err(malformed)
    }

    async fn call(&self, request: &Request) -> Result<Answer, TransportError> {
        let body = serde_json::to_string(request).map_err(malformed)?;
        let post = gloo_net::http::Request::post(API);
        let bytes = fetch(post, Some(body), ANSWER_MILLIS, MOST_ANSWER_BYTES).await?;
        json::read(&bytes).map_err(malformed)
    }

    async fn download(&self, url: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        fetch(gloo_net::http::Request::get(url), None, DOWNLOAD_MILLIS, limit).await
    }
}

/// Sends a JSON body and answers status and body, whatever the status. For login and logout.
///
/// # Errors
/// Where there is no answer in time.
pub async fn post_json(url: &str, body: String) -> Result<(u16, Vec<u8>), TransportError> {
    let sent = Sent::send(gloo_net::http::Request::post(url), Some(body)).await?;
    let status = sent.response.status();
    Ok((status, sent.bytes(ANSWER_MILLIS).await?))
}

async fn fetch(
    builder: RequestBuilder,
    body: Option<String>,
    millis: u32,
    limit: u64,
) -> Result<Vec<u8>, TransportError> {
    let sent = Sent::send(builder, body).await?;
    let response = &sent.response;
    match response.status() {
        200 => {}
        401 => return Err(TransportError::LoggedOut),
        status @ (408 | 425 | 429 | 500..) => {
            let retry_after = response.headers().get("retry-after").and_then(|it| it.parse().ok());
            return Err(TransportError::Unavailable { status, retry_after });
        }
        status => return Err(TransportError::Rejected { status }),
    }
    let announced = response.headers().get("content-length").and_then(|it| it.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(TransportError::TooLarge);
    }
    let bytes = sent.bytes(millis).await?;
    if bytes.len() as u64 > limit { Err(TransportError::TooLarge) } else { Ok(bytes) }
}

/// A request whose answer has begun.
struct Sent {
    response: Response,
    abort: AbortController,
}

impl Sent {
    /// Sends a request; without the head of an answer in [`BEGIN_MILLIS`] it is given up.
    async fn send(builder: RequestBuilder, body: Option<String>) -> Result<Self, TransportError> {
        let abort = AbortController::new().map_err(|_| TransportError::Unreachable)?;
        let builder = builder.abort_signal(Some(&abort.signal()));
        let request = match body {
            Some(body) => builder.header("Content-Type", tornister_protocol::JSON).body(body),
            None => builder.build(),
        };
        let request = request.map_err(|error| TransportError::Malformed(error.to_string()))?;
        let response = within(BEGIN_MILLIS, &abort, request.send()).await?;
        Ok(Self { response, abort })
    }

    /// The answer's body; after `millis` it is given up.
    async fn bytes(self, millis: u32) -> Result<Vec<u8>, TransportError> {
        within(millis, &self.abort, self.response.binary()).await
    }
}

async fn within<T>(
    millis: u32,
    abort: &AbortController,
    work: impl Future<Output = Result<T, gloo_net::Error>>,
) -> Result<T, TransportError> {
    let abort = abort.clone();
    let limit = Timeout::new(millis, move || abort.abort());
    let done = work.await.map_err(|_| TransportError::Unreachable);
    drop(limit);
    done
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands errors over by value")]
fn malformed(error: serde_json::Error) -> TransportError {
    TransportError::Malformed(error.to_string())
}
