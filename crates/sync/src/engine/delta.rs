//! A delta that can be trusted: its objects are exactly those that `/changes` named. A server that
//! leaves one out gets no new state, so the next sync asks for it again.

use serde_json::value::RawValue;
use tornister_protocol::{
    core::{ChangesResponse, GetResponse},
    id::State,
};

use crate::{kind::Kind, record::Record};

/// Objects of one type, and the state that they lead to.
pub(super) struct Delta {
    pub new_state: State,
    pub more: bool,
    pub puts: Vec<Record>,
    pub destroyed: Vec<String>,
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
        if stuck {
            return Err(Contradiction);
        }
        let mut puts = Vec::new();
        for (ids, answers) in [(&changes.created, created), (&changes.updated, updated)] {
            for (kind, answer) in answers {
                puts.extend(objects(*kind, ids, answer)?);
            }
        }
        Ok(Self {
            new_state: changes.new_state,
            more: changes.has_more_changes,
            puts,
            destroyed: changes.destroyed,
        })
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
    let mut answered: Vec<&str> = records
        .iter()
        .map(|record| record.id.as_str())
        .chain(answer.not_found.iter().map(String::as_str))
        .collect();
    let mut asked: Vec<&str> = ids.iter().map(String::as_str).collect();
    for list in [&mut answered, &mut asked] {
        list.sort_unstable();
        list.dedup();
    }
    if answered == asked { Ok(records) } else { Err(Contradiction) }
}
