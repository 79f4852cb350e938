//! Writing: patches that were understood, and who carries them out.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use tornister_protocol::{core::SetError, id::State, tasks::Progress};

use super::{BackendError, Writable};

/// A change to a set of names, such as keywords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// The whole set anew, where given.
    pub replace: Option<BTreeSet<String>>,
    /// Names to put in (`true`) or take out (`false`).
    pub change: BTreeMap<String, bool>,
}

impl Members {
    /// The set after the change.
    #[must_use]
    pub fn apply(&self, current: &BTreeSet<String>) -> BTreeSet<String> {
        let mut set = self.replace.as_ref().unwrap_or(current).clone();
        for (name, &inside) in &self.change {
            if inside {
                set.insert(name.clone());
            } else {
                set.remove(name);
            }
        }
        set
    }
}

/// A patch of an Email.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailUpdate {
    /// Its keywords.
    pub keywords: Members,
    /// The ids of the mailboxes that it is in.
    pub mailboxes: Members,
}

/// A patch of a Task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskUpdate {
    /// How far it is now, where that changes.
    pub progress: Option<Progress>,
}

/// What became of the updates of one `/set`.
#[derive(Clone, Debug, PartialEq)]
pub struct SetOutcome {
    /// Before.
    pub old_state: State,
    /// After; the same where nothing changed.
    pub new_state: State,
    /// Carried out, also where nothing had to change.
    pub updated: Vec<String>,
    /// Refused.
    pub refused: BTreeMap<String, SetError>,
}

/// Changes the objects of one type in one account.
#[async_trait]
pub trait Writer<K: Writable>: Send + Sync {
    /// Carries out what can be carried out, in one transaction; one refused object does not stop
    /// the others. An update that changes nothing moves no state.
    ///
    /// # Errors
    /// [`BackendError::StateMismatch`]; others see there. Nothing has changed then.
    async fn update(
        &self,
        if_in_state: Option<&State>,
        updates: &BTreeMap<String, K::Update>,
    ) -> Result<SetOutcome, BackendError>;
}
