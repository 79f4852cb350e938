//! A JMAP server in memory that keeps exact states, and misbehaves on request. It speaks the wire:
//! requests and responses go through their JSON texts.

mod methods;
mod trouble;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
};

use serde_json::{Map, Value};
use tornister_protocol::core::Request;
use tornister_sync::engine::Limits;

pub use trouble::Trouble;

/// An object, or the memory of one.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The state in which it came.
    pub created: u64,
    /// The state of its last change.
    pub changed: u64,
    /// `None` once it is destroyed.
    pub object: Option<Rc<Map<String, Value>>>,
}

/// A property that a client has really changed: type, id, path, the new value.
pub type Effect = (String, String, String, Value);

#[derive(Default)]
struct Inside {
    /// Counts the changes of all types; a type's state is the number of its last one.
    counter: u64,
    /// By type and id.
    objects: BTreeMap<(String, String), Stored>,
    /// `/changes` since before this state cannot be calculated.
    horizon: u64,
    trouble: VecDeque<Trouble>,
    always: Option<Trouble>,
    /// Requests that travel slowly.
    late: Vec<Request>,
    requests: Vec<Vec<String>>,
    effects: Vec<Effect>,
    accepted: Vec<Effect>,
    /// The names of changes that were carried out.
    operations: BTreeSet<String>,
    forgets_names: bool,
    sent_objects: Option<Vec<(String, Value)>>,
    blobs: BTreeMap<String, Vec<u8>>,
    /// Blobs that cannot be read just now.
    stuck: Vec<String>,
    refuse_sets: bool,
    /// Types of a module that the school has switched off.
    denied: Vec<String>,
    limits: Limits,
}

/// The server; clones are the same one.
#[derive(Clone, Default)]
pub struct Server(Rc<RefCell<Inside>>);

impl Server {
    /// A server that takes only so much in a request.
    pub fn with_limits(limits: Limits) -> Self {
        let server = Self::default();
        server.0.borrow_mut().limits = limits;
        server
    }

    /// Whether it carries a change out again that has the same name.
    pub fn forget_names(&self, forget: bool) {
        self.0.borrow_mut().forgets_names = forget;
    }

    /// Creates or replaces an object.
    pub fn put(&self, data_type: &str, object: Value) {
        let mut inside = self.0.borrow_mut();
        inside.counter += 1;
        let state = inside.counter;
        let Value::Object(object) = object else { panic!("an object") };
        let id = object["id"].as_str().expect("an id").to_owned();
        let key = (data_type.to_owned(), id);
        let created =
            inside.objects.get(&key).filter(|it| it.object.is_some()).map_or(state, |it| it.created);
        inside.objects.insert(key, Stored { created, changed: state, object: Some(Rc::new(object)) });
    }

    /// Destroys an object.
    pub fn destroy(&self, data_type: &str, id: &str) {
        let mut inside = self.0.borrow_mut();
        inside.counter += 1;
        let state = inside.counter;
        let stored = inside.objects.get_mut(&(data_type.to_owned(), id.to_owned())).expect("an object");
        stored.object = None;
        stored.changed = state;
    }

    /// A blob that can be downloaded.
    pub fn put_blob(&self, id: &str, bytes: &[u8]) {
        self.0.borrow_mut().blobs.insert(id.to_owned(), bytes.to_vec());
    }

    /// Blobs that cannot be read from now on.
    pub fn stick(&self, ids: &[&str]) {
        self.0.borrow_mut().stuck = ids.iter().map(|id| (*id).to_owned()).collect();
    }

    /// The object as the server has it.
    pub fn get(&self, data_type: &str, id: &str) -> Option<Value> {
        let inside = self.0.borrow();
        let stored = inside.objects.get(&(data_type.to_owned(), id.to_owned()))?;
        stored.object.as_deref().cloned().map(Value::Object)
    }

    /// Every object of a type that there is or was, by id.
    pub fn all(&self, data_type: &str) -> Vec<(String, Stored)> {
        self.0.borrow().of_type(data_type).map(|(id, it)| (id.clone(), it.clone())).collect()
    }

    /// Lets the next requests go wrong, one each.
    pub fn trouble(&self, trouble: &[Trouble]) {
        self.0.borrow_mut().trouble.extend(trouble);
    }

    /// Lets every request go wrong from now on, or none.
    pub fn always(&self, trouble: Option<Trouble>) {
        self.0.borrow_mut().always = trouble;
    }

    /// All that was to go wrong goes right, and nothing is denied.
    pub fn behave(&self) {
        let mut inside = self.0.borrow_mut();
        inside.trouble.clear();
        inside.always = None;
        inside.refuse_sets = false;
        inside.denied.clear();
    }

    /// What travels slowly arrives.
    pub fn late_requests_arrive(&self) {
        let late = std::mem::take(&mut self.0.borrow_mut().late);
        for request in late {
            self.0.borrow_mut().answer(&request, None);
        }
    }

    /// From now on nobody can ask what changed until now.
    pub fn forget_history(&self) {
        let mut inside = self.0.borrow_mut();
        inside.counter += 1;
        inside.horizon = inside.counter;
    }

    /// Whether every change of a client's is refused.
    pub fn refuse_sets(&self, refuse: bool) {
        self.0.borrow_mut().refuse_sets = refuse;
    }

    /// Switches a module off or on.
    pub fn deny(&self, data_type: &str, deny: bool) {
        let mut inside = self.0.borrow_mut();
        inside.denied.retain(|it| it != data_type);
        if deny {
            inside.denied.push(data_type.to_owned());
        }
    }

    /// The method names of each request since the last call.
    pub fn take_requests(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.0.borrow_mut().requests)
    }

    /// What clients were told is done, also where it was so already.
    pub fn accepted(&self) -> Vec<Effect> {
        self.0.borrow().accepted.clone()
    }

    /// The objects that `/get` has answered since the last call, with their types; none before the
    /// first call.
    pub fn take_sent_objects(&self) -> Vec<(String, Value)> {
        self.0.borrow_mut().sent_objects.replace(Vec::new()).unwrap_or_default()
    }

    /// What clients have really changed, in order.
    pub fn effects(&self) -> Vec<Effect> {
        self.0.borrow().effects.clone()
    }
}

/// The moment that a state string means. Behind it may stand tildes, by which a server without
/// end tells one state from the next.
pub fn moment(state: &str) -> u64 {
    state.trim_end_matches('~').parse().expect("a number")
}

impl Inside {
    fn of_type(&self, data_type: &str) -> impl Iterator<Item = (&String, &Stored)> {
        let from = (data_type.to_owned(), String::new());
        let inside = move |its_type: &String| *its_type == from.0;
        self.objects
            .range((data_type.to_owned(), String::new())..)
            .take_while(move |((its_type, _), _)| inside(its_type))
            .map(|((_, id), it)| (id, it))
    }

    fn state(&self, data_type: &str) -> u64 {
        self.of_type(data_type).map(|(_, it)| it.changed).max().unwrap_or(0).max(self.horizon)
    }
}
