//! A JMAP server in memory that keeps exact states, and misbehaves on request. It speaks the wire:
//! requests and responses go through their JSON texts.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use serde_json::{Map, Value, json};
use tornister_protocol::core::{Invocation, Request, Response, Session};
use tornister_sync::transport::{Transport, TransportError};

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not arrive.
    RequestLost,
    /// It is carried out, and the answer does not arrive.
    AnswerLost,
    /// The methods' answers come in reverse order.
    Reversed,
    /// Every `/get` leaves its first object out.
    ObjectLeftOut,
    /// Every `/changes` answers `cannotCalculateChanges`.
    CannotCalculate,
}

#[derive(Clone, Debug)]
struct Stored {
    created: u64,
    changed: u64,
    /// `None` once it is destroyed.
    object: Option<Map<String, Value>>,
}

#[derive(Default)]
struct Inside {
    state: u64,
    /// By type and id.
    objects: BTreeMap<(String, String), Stored>,
    trouble: VecDeque<Trouble>,
    requests: Vec<Vec<String>>,
    changes: Vec<(String, String)>,
    blobs: BTreeMap<String, Vec<u8>>,
    refuse_sets: bool,
}

/// The server; clones are the same one.
#[derive(Clone, Default)]
pub struct Server(Rc<RefCell<Inside>>);

impl Server {
    /// Creates or replaces an object.
    pub fn put(&self, data_type: &str, object: Value) {
        let mut inside = self.0.borrow_mut();
        inside.state += 1;
        let state = inside.state;
        let Value::Object(object) = object else { panic!("an object") };
        let id = object["id"].as_str().expect("an id").to_owned();
        let key = (data_type.to_owned(), id);
        let created =
            inside.objects.get(&key).filter(|it| it.object.is_some()).map_or(state, |it| it.created);
        inside.objects.insert(key, Stored { created, changed: state, object: Some(object) });
    }

    /// Destroys an object.
    pub fn destroy(&self, data_type: &str, id: &str) {
        let mut inside = self.0.borrow_mut();
        inside.state += 1;
        let state = inside.state;
        let stored = inside.objects.get_mut(&(data_type.to_owned(), id.to_owned())).expect("an object");
        stored.object = None;
        stored.changed = state;
    }

    /// A blob that can be downloaded.
    pub fn put_blob(&self, id: &str, bytes: &[u8]) {
        self.0.borrow_mut().blobs.insert(id.to_owned(), bytes.to_vec());
    }

    /// The object as the server has it.
    pub fn get(&self, data_type: &str, id: &str) -> Option<Value> {
        let inside = self.0.borrow();
        let stored = inside.objects.get(&(data_type.to_owned(), id.to_owned()))?;
        stored.object.clone().map(Value::Object)
    }

    /// Lets the next requests go wrong, one each.
    pub fn trouble(&self, trouble: &[Trouble]) {
        self.0.borrow_mut().trouble.extend(trouble);
    }

    /// From now on every change of a client's is refused.
    pub fn refuse_sets(&self) {
        self.0.borrow_mut().refuse_sets = true;
    }

    /// The method names of each request since the last call.
    pub fn take_requests(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.0.borrow_mut().requests)
    }

    /// Type and id of every object that a client has really changed.
    pub fn changes(&self) -> Vec<(String, String)> {
        self.0.borrow().changes.clone()
    }
}

impl Transport for Server {
    async fn session(&self) -> Result<Session, TransportError> {
        Err(TransportError::Unreachable)
    }

    async fn call(&self, request: &Request) -> Result<Response, TransportError> {
        let text = serde_json::to_string(request).expect("JSON");
        let request: Request = serde_json::from_str(&text).expect("a request");
        let trouble = self.0.borrow_mut().trouble.pop_front();
        if trouble == Some(Trouble::RequestLost) {
            return Err(TransportError::Unreachable);
        }
        let response = self.0.borrow_mut().answer(&request, trouble);
        match trouble {
            Some(Trouble::AnswerLost) => Err(TransportError::Unreachable),
            _ => Ok(response),
        }
    }

    async fn download(&self, url: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        let inside = self.0.borrow();
        let blob = url.split('/').nth(1).expect("account, blob, name");
        let bytes = inside.blobs.get(blob).ok_or(TransportError::Rejected { status: 404 })?;
        if bytes.len() as u64 > limit { Err(TransportError::TooLarge) } else { Ok(bytes.clone()) }
    }
}

impl Inside {
    fn answer(&mut self, request: &Request, trouble: Option<Trouble>) -> Response {
        self.requests.push(request.method_calls.iter().map(|call| call.name().to_owned()).collect());
        let mut answers: Vec<(String, Value, String)> = Vec::new();
        for call in &request.method_calls {
            let mut arguments: Map<String, Value> =
                serde_json::from_str(call.arguments()).expect("arguments");
            resolve(&mut arguments, &answers);
            let (data_type, method) = call.name().split_once('/').expect("a method");
            let answer = match method {
                "get" => Ok(self.get(data_type, &arguments, trouble)),
                "changes" if trouble == Some(Trouble::CannotCalculate) => Err("cannotCalculateChanges"),
                "changes" => Ok(self.changes(data_type, &arguments)),
                "query" => self.query(data_type, &arguments),
                "set" => Ok(self.set(data_type, &arguments)),
                _ => Err("unknownMethod"),
            };
            let (name, answer) = match answer {
                Ok(answer) => (call.name().to_owned(), answer),
                Err(kind) => ("error".to_owned(), json!({ "type": kind })),
            };
            answers.push((name, answer, call.call_id().to_owned()));
        }
        if trouble == Some(Trouble::Reversed) {
            answers.reverse();
        }
        let answers =
            answers.iter().map(|(name, answer, id)| Invocation::new(name, answer, id).expect("JSON"));
        Response { method_responses: answers.collect(), created_ids: None, session_state: "1".into() }
    }

    fn of_type(&self, data_type: &str) -> impl Iterator<Item = (&String, &Stored)> {
        self.objects
            .iter()
            .filter(move |((its_type, _), _)| its_type == data_type)
            .map(|((_, id), it)| (id, it))
    }

    fn get(&self, data_type: &str, arguments: &Map<String, Value>, trouble: Option<Trouble>) -> Value {
        let all = || self.of_type(data_type).filter(|(_, it)| it.object.is_some()).map(|(id, _)| id.clone());
        let ids: Vec<String> = match &arguments["ids"] {
            Value::Array(ids) => ids.iter().map(|id| id.as_str().expect("an id").to_owned()).collect(),
            _ => all().collect(),
        };
        let find = |id: &String| self.objects.get(&(data_type.to_owned(), id.clone()))?.object.clone();
        let mut list: Vec<Value> = ids.iter().filter_map(find).map(Value::Object).collect();
        let not_found: Vec<&String> = ids.iter().filter(|id| find(id).is_none()).collect();
        if trouble == Some(Trouble::ObjectLeftOut) && !list.is_empty() {
            list.remove(0);
        }
        json!({"accountId": "a", "state": self.state.to_string(), "list": list, "notFound": not_found})
    }

    fn changes(&self, data_type: &str, arguments: &Map<String, Value>) -> Value {
        let since: u64 = arguments["sinceState"].as_str().expect("a state").parse().expect("a number");
        let most = arguments.get("maxChanges").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let mut changed: Vec<(&String, &Stored)> =
            self.of_type(data_type).filter(|(_, it)| it.changed > since).collect();
        changed.sort_by_key(|(_, it)| it.changed);
        let more = changed.len() as u64 > most;
        changed.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        let state = if more { changed.last().expect("one").1.changed } else { self.state };
        let ids = |pick: &dyn Fn(&Stored) -> bool| -> Vec<&String> {
            changed.iter().filter(|(_, it)| pick(it)).map(|(id, _)| *id).collect()
        };
        json!({
            "accountId": "a", "oldState": arguments["sinceState"], "newState": state.to_string(),
            "hasMoreChanges": more,
            "created": ids(&|it| it.object.is_some() && it.created > since),
            "updated": ids(&|it| it.object.is_some() && it.created <= since),
            "destroyed": ids(&|it| it.object.is_none() && it.created <= since),
        })
    }

    fn query(&self, data_type: &str, arguments: &Map<String, Value>) -> Result<Value, &'static str> {
        let text = |it: &Stored, property: &str| {
            it.object
                .as_ref()
                .and_then(|object| object.get(property))
                .map(ToString::to_string)
                .unwrap_or_default()
        };
        let filter =
            |name: &str| arguments.get("filter").and_then(|filter| filter.get(name)).map(ToString::to_string);
        let (after, before) = (filter("after"), filter("before"));
        let mut found: Vec<(&String, &Stored)> = self
            .of_type(data_type)
            .filter(|(_, it)| it.object.is_some())
            .filter(|(_, it)| after.as_ref().is_none_or(|after| text(it, "date") >= *after))
            .filter(|(_, it)| before.as_ref().is_none_or(|before| text(it, "date") < *before))
            .collect();
        if let Some(sort) = arguments.get("sort").and_then(|sort| sort.get(0)) {
            let property = sort["property"].as_str().expect("a property");
            found.sort_by_key(|(_, it)| text(it, property));
            if sort["isAscending"] == json!(false) {
                found.reverse();
            }
        }
        let ids: Vec<&String> = found.into_iter().map(|(id, _)| id).collect();
        let position = match arguments.get("anchor").and_then(Value::as_str) {
            Some(anchor) => ids.iter().position(|id| *id == anchor).ok_or("anchorNotFound")? + 1,
            None => 0,
        };
        let limit = arguments
            .get("limit")
            .and_then(Value::as_u64)
            .map_or(usize::MAX, |it| usize::try_from(it).expect("a size"));
        let page: Vec<&&String> = ids.iter().skip(position).take(limit).collect();
        Ok(json!({
            "accountId": "a", "queryState": "1", "canCalculateChanges": false, "position": position,
            "ids": page, "total": ids.len(),
        }))
    }

    fn set(&mut self, data_type: &str, arguments: &Map<String, Value>) -> Value {
        let old_state = self.state.to_string();
        let (mut updated, mut not_updated) = (Map::new(), Map::new());
        for (id, patch) in arguments["update"].as_object().expect("updates") {
            let key = (data_type.to_owned(), id.clone());
            let found = self.objects.get_mut(&key).and_then(|it| it.object.as_mut());
            match found {
                None => drop(not_updated.insert(id.clone(), json!({"type": "notFound"}))),
                Some(_) if self.refuse_sets => {
                    drop(not_updated.insert(id.clone(), json!({"type": "forbidden"})))
                }
                Some(object) => {
                    let before = object.clone();
                    patch
                        .as_object()
                        .expect("a patch")
                        .iter()
                        .for_each(|(path, value)| write(object, path, value));
                    if *object != before {
                        self.state += 1;
                        self.objects.get_mut(&key).expect("an object").changed = self.state;
                        self.changes.push(key);
                    }
                    updated.insert(id.clone(), Value::Null);
                }
            }
        }
        json!({
            "accountId": "a", "oldState": old_state, "newState": self.state.to_string(),
            "updated": updated, "notUpdated": not_updated,
        })
    }
}

fn write(object: &mut Map<String, Value>, path: &str, value: &Value) {
    match path.split_once('/') {
        Some((first, rest)) => {
            let inner = object.get_mut(first).and_then(Value::as_object_mut).expect("an object inside");
            write(inner, rest, value);
        }
        None if value.is_null() => drop(object.remove(path)),
        None => drop(object.insert(path.to_owned(), value.clone())),
    }
}

/// Replaces `#ids` by what an earlier answer holds.
fn resolve(arguments: &mut Map<String, Value>, answers: &[(String, Value, String)]) {
    let Some(reference) = arguments.remove("#ids") else { return };
    let earlier =
        answers.iter().find(|(name, _, id)| reference["resultOf"] == **id && reference["name"] == **name);
    let ids = earlier.and_then(|(_, answer, _)| answer.pointer(reference["path"].as_str().expect("a path")));
    // A reference to a failed call is an error in JMAP; no ids have the same effect here.
    arguments.insert("ids".to_owned(), ids.cloned().unwrap_or_else(|| json!([])));
}
