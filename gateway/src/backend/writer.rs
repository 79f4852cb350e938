//! Writing: what a `/set` wants, understood, and who carries it out.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use tornister_protocol::id::State;

use super::{BackendError, Object, Refusal, Writable};

/// An update of one object.
pub struct Patch<K: Writable> {
    /// What changes.
    pub update: K::Update,
    /// Properties that cannot change, as the client believes them to be: it may repeat them, but not with
    /// other values (RFC 8620 §5.3).
    pub repeated: Object,
}

/// What one `/set` wants.
///
/// - An id that begins with `#` names an object that the same batch creates, wherever it stands.
/// - No object of `update` is in `destroy`.
pub struct Batch<K: Writable> {
    /// Nothing happens unless the type is in this state.
    pub if_in_state: Option<State>,
    /// New objects by creation id.
    pub create: Vec<(String, K::Create)>,
    /// Changes by id.
    pub update: Vec<(String, Patch<K>)>,
    /// Ids.
    pub destroy: Vec<String>,
    /// Parts of `update` that have names. Those whose object was changed are remembered; if one of them is
    /// remembered already, nothing happens at all.
    pub operations: Vec<Operation>,
    /// What only this type's `/set` takes.
    pub options: K::SetOptions,
}

/// A change of one property that a device has named: it happens once, however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The object, as the batch names it.
    pub object: String,
    /// The device's name for the change; no two changes of one account have the same.
    pub id: String,
}

/// Knows which named changes of an account were carried out.
#[async_trait]
pub trait Operations: Send + Sync {
    /// Those of these names that are remembered.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn carried_out(&self, ids: &[String]) -> Result<BTreeSet<String>, BackendError>;
}

/// What became of a [`Batch`].
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Before.
    pub old_state: State,
    /// After; the same where nothing changed.
    pub new_state: State,
    /// By creation id, with `id` and what the server set.
    pub created: BTreeMap<String, Object>,
    /// Carried out, also where nothing had to change; with what changed beyond the patch.
    pub updated: BTreeMap<String, Option<Object>>,
    /// Gone now.
    pub destroyed: Vec<String>,
    /// Refused, by creation id.
    pub not_created: BTreeMap<String, Refusal>,
    /// Refused, by id.
    pub not_updated: BTreeMap<String, Refusal>,
    /// Refused, by id.
    pub not_destroyed: BTreeMap<String, Refusal>,
}

impl Outcome {
    /// Nothing has happened yet.
    #[must_use]
    pub fn at(state: State) -> Self {
        Self {
            new_state: state.clone(),
            old_state: state,
            created: BTreeMap::new(),
            updated: BTreeMap::new(),
            destroyed: Vec::new(),
            not_created: BTreeMap::new(),
            not_updated: BTreeMap::new(),
            not_destroyed: BTreeMap::new(),
        }
    }

    /// Notes what became of a creation.
    pub fn note_created(&mut self, key: &str, result: Result<Object, Refusal>) {
        match result {
            Ok(object) => {
                self.created.insert(key.to_owned(), object);
            }
            Err(refusal) => {
                self.not_created.insert(key.to_owned(), refusal);
            }
        }
    }

    /// Notes what became of an update.
    pub fn note_updated(&mut self, id: &str, result: Result<(), Refusal>) {
        match result {
            Ok(()) => {
                self.updated.insert(id.to_owned(), None);
            }
            Err(refusal) => {
                self.not_updated.insert(id.to_owned(), refusal);
            }
        }
    }

    /// The same, where something may have changed beyond the patch.
    pub fn note_updated_beyond(&mut self, id: &str, result: Result<Object, Refusal>) {
        let beyond = result.as_ref().ok().filter(|beyond| !beyond.is_empty()).cloned();
        self.note_updated(id, result.map(drop));
        if beyond.is_some() {
            self.updated.insert(id.to_owned(), beyond);
        }
    }

    /// Notes what became of a destruction.
    pub fn note_destroyed(&mut self, id: &str, result: Result<(), Refusal>) {
        match result {
            Ok(()) => self.destroyed.push(id.to_owned()),
            Err(refusal) => {
                self.not_destroyed.insert(id.to_owned(), refusal);
            }
        }
    }

    /// The id that an update or a destruction is about: of what this batch created, where it says `#key`. What was
    /// not created keeps that spelling, which nothing has.
    #[must_use]
    pub fn real(&self, id: &str) -> String {
        self.resolve(id).unwrap_or_else(|| id.to_owned())
    }

    /// The id of what this batch created under `#key`, or the id itself.
    #[must_use]
    pub fn resolve(&self, id: &str) -> Option<String> {
        let Some(key) = id.strip_prefix('#') else { return Some(id.to_owned()) };
        Some(self.created.get(key)?.get("id")?.as_str()?.to_owned())
    }
}

/// Changes the objects of one type in one account.
#[async_trait]
pub trait Writer<K: Writable>: Send + Sync {
    /// Carries out what can be carried out, in one transaction: first creates, then updates, then
    /// destroys. One refused object does not stop the others; what changes nothing moves no state.
    ///
    /// # Errors
    /// [`BackendError::StateMismatch`]; others see there. Nothing has changed then.
    async fn set(&self, batch: Batch<K>) -> Result<Outcome, BackendError>;
}
