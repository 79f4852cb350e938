//! State strings of the embedded school: `EPOCH-MODSEQ`, and between two pages of a long delta
//! `EPOCH-MODSEQ-CREATED`.

use tornister_protocol::id::State;

use crate::{backend::BackendError, database::Database, digest::sha256};

/// The scopes whose union an account sees, and what makes its state strings its own: a pupil who changes
/// class gets a new epoch, since the new class's objects are older than the pupil's last state.
#[derive(Clone, Debug)]
pub struct Scopes {
    list: Vec<String>,
    json: String,
    epoch: String,
}

impl Scopes {
    /// The union of these.
    #[must_use]
    pub fn new(database: &Database, list: Vec<String>) -> Self {
        let digest = sha256(format!("{}\n{}", database.epoch(), list.join("\n")));
        let json = serde_json::Value::from(list.as_slice()).to_string();
        Self { list, json, epoch: hex(&digest)[..8].to_owned() }
    }

    /// The first one: the account's own.
    #[must_use]
    pub fn own(&self) -> &str {
        self.list.first().map_or("", String::as_str)
    }

    /// All of them, the own one first.
    #[must_use]
    pub fn list(&self) -> &[String] {
        &self.list
    }

    /// All as a JSON array, for `json_each`.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The state string of a position.
    #[must_use]
    pub fn state(&self, position: Position) -> State {
        let Position { modseq, created } = position;
        if modseq == created {
            State(format!("{}-{modseq}", self.epoch))
        } else {
            State(format!("{}-{modseq}-{created}", self.epoch))
        }
    }

    /// The position of a state string.
    ///
    /// # Errors
    /// [`BackendError::CannotCalculateChanges`] where it is none of these scopes'.
    pub fn position(&self, state: &State) -> Result<Position, BackendError> {
        let mut parts = state.as_str().split('-');
        let epoch = parts.next() == Some(self.epoch.as_str());
        let modseq = parts.next().and_then(|part| part.parse().ok());
        let created = parts.next().map_or(Some(modseq), |part| part.parse().ok().map(Some)).flatten();
        match (epoch, modseq, created, parts.next()) {
            (true, Some(modseq), Some(created), None) if created >= modseq => {
                Ok(Position { modseq, created })
            }
            _ => Err(BackendError::CannotCalculateChanges),
        }
    }
}

/// How far somebody has read the changes of a type. Between two pages of a long delta, the new objects
/// come first, in the order in which they were made; so no page speaks of an object that an earlier page
/// should have introduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Updates and destructions up to this number are known.
    pub modseq: i64,
    /// Objects made up to this number are known; never less than `modseq`.
    pub created: i64,
}

impl Position {
    /// Everything up to this number is known.
    #[must_use]
    pub fn at(modseq: i64) -> Self {
        Self { modseq, created: modseq }
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}

/// An id made of what names an object outside: the same at every import.
#[must_use]
pub fn derived_id(prefix: char, parts: &[&str]) -> String {
    let named: String = parts.iter().flat_map(|part| [*part, "\0"]).collect();
    format!("{prefix}{}", &hex(&sha256(named))[..24])
}
