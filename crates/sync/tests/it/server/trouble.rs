//! What goes wrong with one request, on the way or in the server.

use serde_json::{Map, Value, json};
use tornister_protocol::core::{Invocation, Request, Response, Session};
use tornister_sync::transport::{Transport, TransportError};

use super::{Inside, Server};

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not arrive.
    RequestLost,
    /// It is carried out, and the answer does not arrive.
    AnswerLost,
    /// It is given up, and carried out some time later.
    Late,
    /// It arrives twice; the second answer is heard.
    Twice,
    /// The server is busy.
    Unavailable,
    /// The answer is no JSON that anybody understands.
    Malformed,
    /// The methods' answers come in reverse order.
    Reversed,
    /// Each method's answer comes twice.
    Repeated,
    /// Every second method is not answered.
    Partial,
    /// Every `/get` by ids leaves its first object out. (Of what a `/get` of everything leaves out,
    /// nobody can know.)
    ObjectLeftOut,
    /// Every `/get` adds an object that nobody asked for.
    ObjectAdded,
    /// Every `/get` has an object of a form that its type does not have.
    BrokenObject,
    /// Every `/changes` answers `cannotCalculateChanges`.
    CannotCalculate,
    /// The `/changes` of this type answers `cannotCalculateChanges`.
    CannotCalculateOf(&'static str),
    /// Every `/changes` says that there is more, and stays where it is.
    Stuck,
    /// Every `/changes` says that there is more, goes on, and names nothing.
    Endless,
    /// The n-th method, counted round, answers `serverFail`.
    MethodFails(u8),
    /// Every `/set` answers `rateLimit` for each object.
    RateLimit,
    /// Every `/set` answers `accountReadOnly`.
    ReadOnly,
}

impl Transport for Server {
    async fn session(&self) -> Result<Session, TransportError> {
        Err(TransportError::Unreachable)
    }

    async fn call(&self, request: &Request) -> Result<Response, TransportError> {
        let text = serde_json::to_string(request).expect("JSON");
        let request: Request = serde_json::from_str(&text).expect("a request");
        let mut inside = self.0.borrow_mut();
        let trouble = inside.trouble.pop_front().or(inside.always);
        match trouble {
            Some(Trouble::RequestLost) => return Err(TransportError::Unreachable),
            Some(Trouble::Late) => {
                inside.late.push(request);
                return Err(TransportError::Unreachable);
            }
            Some(Trouble::Unavailable) => {
                return Err(TransportError::Unavailable { status: 503, retry_after: Some(30) });
            }
            Some(Trouble::Twice) => drop(inside.answer(&request, None)),
            _ => {}
        }
        let response = inside.answer(&request, trouble);
        match trouble {
            Some(Trouble::AnswerLost) => Err(TransportError::Unreachable),
            Some(Trouble::Malformed) => Err(TransportError::Malformed("cut off".to_owned())),
            _ => Ok(response),
        }
    }

    async fn download(&self, url: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        let inside = self.0.borrow();
        if matches!(inside.always, Some(Trouble::RequestLost | Trouble::AnswerLost)) {
            return Err(TransportError::Unreachable);
        }
        let blob = url.split('/').nth(1).expect("account, blob, name");
        if inside.stuck.iter().any(|stuck| stuck == blob) {
            return Err(TransportError::Unavailable { status: 503, retry_after: None });
        }
        let bytes = inside.blobs.get(blob).ok_or(TransportError::Rejected { status: 404 })?;
        if bytes.len() as u64 > limit { Err(TransportError::TooLarge) } else { Ok(bytes.clone()) }
    }
}

type Answered = (String, Value, String);

impl Inside {
    pub(super) fn answer(&mut self, request: &Request, trouble: Option<Trouble>) -> Response {
        self.requests.push(request.method_calls.iter().map(|call| call.name().to_owned()).collect());
        assert!(request.method_calls.len() <= self.limits.calls, "too many calls: {request:?}");
        let mut answers: Vec<Answered> = Vec::new();
        for (place, call) in request.method_calls.iter().enumerate() {
            let mut arguments: Map<String, Value> =
                serde_json::from_str(call.arguments()).expect("arguments");
            let answer = if fails(place, request, trouble) {
                Err("serverFail")
            } else if resolve(&mut arguments, &answers) {
                self.method(call.name(), &arguments, trouble)
            } else {
                Err("invalidResultReference")
            };
            let (name, answer) = match answer {
                Ok(answer) => (call.name().to_owned(), answer),
                Err(kind) => ("error".to_owned(), json!({ "type": kind })),
            };
            answers.push((name, answer, call.call_id().to_owned()));
        }
        distort(&mut answers, trouble);
        let answers =
            answers.iter().map(|(name, answer, id)| Invocation::new(name, answer, id).expect("JSON"));
        Response { method_responses: answers.collect(), created_ids: None, session_state: "1".into() }
    }
}

fn fails(place: usize, request: &Request, trouble: Option<Trouble>) -> bool {
    matches!(trouble, Some(Trouble::MethodFails(n)) if usize::from(n) % request.method_calls.len() == place)
}

fn distort(answers: &mut Vec<Answered>, trouble: Option<Trouble>) {
    match trouble {
        Some(Trouble::Reversed) => answers.reverse(),
        Some(Trouble::Repeated) => *answers = [answers.clone(), answers.clone()].concat(),
        Some(Trouble::Partial) => {
            let mut place = 0;
            answers.retain(|_| {
                place += 1;
                place % 2 == 0
            });
        }
        _ => {}
    }
}

/// Replaces `#ids` by what an earlier answer holds; `false` where it holds nothing such.
fn resolve(arguments: &mut Map<String, Value>, answers: &[Answered]) -> bool {
    let Some(reference) = arguments.remove("#ids") else { return true };
    let earlier =
        answers.iter().find(|(name, _, id)| reference["resultOf"] == **id && reference["name"] == **name);
    let ids = earlier.and_then(|(_, answer, _)| answer.pointer(reference["path"].as_str().expect("a path")));
    ids.map(|ids| arguments.insert("ids".to_owned(), ids.clone())).is_some()
}
