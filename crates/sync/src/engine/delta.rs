//! A delta that can be trusted: its objects are exactly those that `/changes` named. A server that
//! leaves one out gets no new state, so the next sync asks for it again.

use serde_json::value::RawValue;
use tornister_protocol::{
    core::{ChangesResponse, GetResponse},
    id::State,
};

use crate::{
    flaw::{self, Flaw},
    kind::Kind,
    record::Record,
};

/// Objects of one type, and the state that they lead to.
pub(super) struct Delta {
    pub new_state: State,
    pub more: bool,
    pub puts: Vec<Record>,
    /// Destroyed, or not there any more when they were fetched.
    pub gone: Vec<String>,
}

/// An answer that contradicts itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Contradiction;

impl Delta {
    /// Takes the answers together. `created` and `updated` are the `/get`s of these ids, one for
    /// each kind of record.
    pub(super) fn new(
        changes: ChangesResponse,
        created: &[(Kind, &GetResponse<&RawValue>)],
        updated: &[(Kind, &GetResponse<&RawValue>)],
    ) -> Result<Self, Contradiction> {
        let stuck = changes.has_more_changes && changes.new_state == changes.old_state;
        if stuck && !flaw::has(Flaw::NeverEnds) {
            return Err(Contradiction);
        }
        let mut puts = Vec::new();
        let mut gone = if flaw::has(Flaw::KeepsDestroyed) { Vec::new() } else { changes.destroyed };
        for (ids, answers) in [(&changes.created, created), (&changes.updated, updated)] {
            for (kind, answer) in answers {
                puts.extend(objects(*kind, ids, answer)?);
                gone.extend(answer.not_found.iter().cloned());
            }
        }
        Ok(Self { new_state: changes.new_state, more: changes.has_more_changes, puts, gone })
    }
}

/// The records behind `ids`, each of which has to be answered: as an object, or as gone meanwhile.
pub(super) fn objects(
    kind: Kind,
    ids: &[String],
    answer: &GetResponse<&RawValue>,
) -> Result<Vec<Record>, Contradiction> {
    let records = answer
        .list
        .iter()
        .map(|object| Record::from_object(kind, object).map_err(|_| Contradiction))
        .collect::<Result<Vec<Record>, _>>()?;
    let found = records.iter().map(|record| record.id.as_str());
    if all_answered(ids, found, &answer.not_found) { Ok(records) } else { Err(Contradiction) }
}

/// Whether exactly these ids were answered.
pub(super) fn all_answered<'a>(
    ids: &'a [String],
    found: impl Iterator<Item = &'a str>,
    not_found: &'a [String],
) -> bool {
    let mut answered: Vec<&str> = found.chain(not_found.iter().map(String::as_str)).collect();
    let mut asked: Vec<&str> = ids.iter().map(String::as_str).collect();
    for list in [&mut answered, &mut asked] {
        list.sort_unstable();
        list.dedup();
    }
    answered == asked || flaw::has(Flaw::IgnoresLeftOut)
}
