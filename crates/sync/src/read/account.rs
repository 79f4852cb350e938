//! The account on this device: when it was last synced, and what the server refused.

use serde::{Deserialize, Serialize};
use tornister_protocol::{core::SetErrorKind, time::UtcDate};

use super::Reader;
use crate::{
    kind::Kind,
    outbox::{self, Change, OutboxRow, Status},
    store::{Batch, Question, Store, StoreError},
};

/// The id of the [`Kind::Meta`] record that says when the last complete sync ended.
pub const LAST_SYNCED: &str = "last-synced";

/// The payload under [`LAST_SYNCED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LastSynced {
    pub id: String,
    pub at: UtcDate,
}

/// What [`Reader::last_synced`] and [`Reader::own_changes`] ask.
#[must_use]
pub fn account_state() -> [Question; 2] {
    [Question::Record(Kind::Meta, LAST_SYNCED.to_owned()), Question::Outbox]
}

/// A change that the server refused for good, or that the device has lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedChange {
    /// Its number in the outbox.
    pub number: u64,
    /// What the user wanted; unknown where it is lost.
    pub change: Change,
    /// The server's reason; `None` where the device has lost it.
    pub reason: Option<SetErrorKind>,
    /// The homework's title or the mail's subject, where it is still there and has one.
    pub name: Option<String>,
}

impl<S: Store> Reader<S> {
    /// When everything was last up to date; `None` before the first sync has ended.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn last_synced(&self) -> Result<Option<UtcDate>, StoreError> {
        let last: Option<LastSynced> = self.one(Kind::Meta, LAST_SYNCED).await?;
        Ok(last.map(|last| last.at))
    }

    /// How many changes wait to be sent, and what the server refused or the device lost and the user has not
    /// seen yet.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn own_changes(&self) -> Result<(usize, Vec<RefusedChange>), StoreError> {
        let (mut pending, mut refused) = (0, Vec::new());
        for OutboxRow { number, change, status, .. } in self.0.outbox().await? {
            match status {
                Status::Refused { reason, restored: true } => {
                    let object = match change.target() {
                        Some((data_type, id)) => self.0.get(data_type.kind(), id).await?,
                        None => None,
                    };
                    let name = object.and_then(|object| outbox::name_of(&object));
                    refused.push(RefusedChange { number, change, reason: Some(reason), name });
                }
                Status::Lost { restored: true } => {
                    refused.push(RefusedChange { number, change, reason: None, name: None });
                }
                status if status.waits() && change != Change::Unknown => pending += 1,
                _ => {}
            }
        }
        Ok((pending, refused))
    }

    /// How many changes wait to be sent.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn pending_changes(&self) -> Result<usize, StoreError> {
        Ok(self.own_changes().await?.0)
    }

    /// What the server refused and the user has not seen yet; each once the server's own object
    /// stands again in the place of the one that showed the change.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn refused_changes(&self) -> Result<Vec<RefusedChange>, StoreError> {
        Ok(self.own_changes().await?.1)
    }

    /// Forgets refused changes that the user has seen.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn dismiss_refused(&self, numbers: Vec<u64>) -> Result<(), StoreError> {
        self.0.commit(&Batch { outbox_deletes: numbers, ..Batch::default() }).await
    }
}
