//! Making room on a device that has none left. Of what a device keeps, only attachments and mails'
//! bodies can be had again with a tap; so these are given up, and nothing else: the oldest
//! attachments first, then the oldest bodies. What belongs to mail of the newest day stays.
//!
//! What is about to be written counts like what is there: an old attachment that has just been
//! fetched never drives out a newer one, it is not kept itself. Wishes go with what they wish for,
//! so nothing that was given up is fetched again at once. Only what the user asked for this moment
//! is kept however old it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tornister_protocol::{
    mail::Email,
    time::{LocalDate, UtcDate},
};

use super::{Batch, Store, StoreError};
use crate::{
    flaw::{self, Flaw},
    json,
    kind::Kind,
    read::LAST_SYNCED,
    record::Record,
};

/// The id of the [`Kind::Meta`] record that says what was given up.
pub const ROOM: &str = "room";
/// So much is given up at first; with each further try twice as much.
const FIRST_STEP: usize = 8;

/// What was given up and the user has not been told of yet; part of the storage format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// Attachments and pictures.
    #[serde(default)]
    pub attachments: u32,
    /// Mails' bodies.
    #[serde(default)]
    pub bodies: u32,
}

impl GivenUp {
    fn record(self) -> Record {
        let Self { attachments, bodies } = self;
        let payload = format!(r#"{{"id":"{ROOM}","attachments":{attachments},"bodies":{bodies}}}"#);
        Record { kind: Kind::Meta, id: ROOM.to_owned(), keys: Vec::new(), payload: payload.into_bytes() }
    }

    /// What the store says was given up.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn read(store: &impl Store) -> Result<Self, StoreError> {
        let payload = store.get(Kind::Meta, ROOM).await?;
        Ok(payload.and_then(|payload| json::read(&payload).ok()).unwrap_or_default())
    }
}

/// Forgets what was given up, which the user has seen.
///
/// # Errors
/// Where the store fails.
pub async fn forget(store: &impl Store) -> Result<(), StoreError> {
    let deletes = vec![(Kind::Meta, ROOM.to_owned())];
    store.commit(&Batch { deletes, ..Batch::default() }).await
}

/// Whether a batch holds what the user asked for this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// No: the device keeps it without being asked.
    Device,
    /// Yes: everything else makes way for it, as far as anything may.
    User,
}

/// Writes a batch; where the device has no room, without what can be had again. Answers the kinds of
/// record that were touched beyond the batch's own; none where there was room.
///
/// # Errors
/// Where the store fails, or has no room even so.
pub async fn commit(store: &impl Store, batch: &mut Batch, wish: Wish) -> Result<Vec<Kind>, StoreError> {
    let mut spare: Option<Spare> = None;
    loop {
        match store.commit(batch).await {
            Err(StoreError::QuotaExceeded) => {}
            done => return done.map(|()| spare.map_or_else(Vec::new, |_| Spare::KINDS.to_vec())),
        }
        let rest = match &mut spare {
            Some(rest) => rest,
            none => none.insert(Spare::of(store, batch, wish).await?),
        };
        if !rest.give_up(store, batch).await? {
            return Err(StoreError::QuotaExceeded);
        }
    }
}

/// Gives up the next few things that can be had again. `false` where nothing is left.
///
/// # Errors
/// Where the store fails.
pub async fn make(store: &impl Store) -> Result<bool, StoreError> {
    let mut written = Batch::default();
    let mut spare = Spare::of(store, &written, Wish::Device).await?;
    if !spare.give_up(store, &mut written).await? {
        return Ok(false);
    }
    store.commit(&written).await?;
    Ok(true)
}

/// What can be given up, the first to go first.
#[derive(Debug)]
pub struct Spare {
    rest: Vec<Candidate>,
    step: usize,
    given_up: GivenUp,
}

/// Ordered as they go.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// Bodies after attachments.
    is_body: bool,
    /// When its mail came; `None` where that is gone.
    received_at: Option<UtcDate>,
    id: String,
    kind: Kind,
}

impl Candidate {
    fn email(&self) -> &str {
        email_of(&self.id)
    }
}

/// A blob's id begins with its mail's.
fn email_of(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

impl Spare {
    /// The kinds of record that are touched.
    pub const KINDS: [Kind; 5] =
        [Kind::Blob, Kind::BlobWanted, Kind::EmailBody, Kind::BodyWanted, Kind::Meta];
    const OPTIONAL: [Kind; 4] = [Kind::Blob, Kind::BlobWanted, Kind::EmailBody, Kind::BodyWanted];

    /// What can be given up of a store and of a batch for it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn of(store: &impl Store, batch: &Batch, wish: Wish) -> Result<Self, StoreError> {
        let mut rest = Vec::new();
        for kind in Self::OPTIONAL {
            let stored = store.ids(kind).await?;
            let coming = batch.puts.iter().filter(|record| record.kind == kind).map(|it| it.id.clone());
            let is_body = matches!(kind, Kind::EmailBody | Kind::BodyWanted);
            rest.extend(stored.into_iter().chain(coming).map(|id| Candidate {
                is_body,
                received_at: None,
                id,
                kind,
            }));
        }
        let asked = batch.only_with.as_ref().filter(|_| wish == Wish::User).map(|(_, id)| id.as_str());
        rest.retain(|it| asked != Some(it.email()));
        date(store, batch, &mut rest).await?;
        let synced: Option<Synced> =
            store.get(Kind::Meta, LAST_SYNCED).await?.and_then(|payload| json::read(&payload).ok());
        let today = today(&rest, synced.map(|synced| LocalDate(synced.at.0.date())));
        if !flaw::has(Flaw::SparesNothing) {
            rest.retain(|it| {
                it.received_at.is_none_or(|at| today.is_none_or(|today| LocalDate(at.0.date()) < today))
            });
        }
        rest.sort_unstable();
        rest.dedup();
        let given_up = GivenUp::read(store).await?;
        Ok(Self { rest, step: FIRST_STEP, given_up })
    }

    /// Gives up the next few: removes them from the store and from the batch. `false` where nothing is
    /// left to give up.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn give_up(&mut self, store: &impl Store, batch: &mut Batch) -> Result<bool, StoreError> {
        if self.rest.is_empty() {
            return Ok(false);
        }
        let go: Vec<Candidate> = self.rest.drain(..self.step.min(self.rest.len())).collect();
        self.step *= 2;
        for gone in &go {
            match gone.kind {
                Kind::Blob => self.given_up.attachments += 1,
                Kind::EmailBody => self.given_up.bodies += 1,
                _ => {}
            }
        }
        batch.puts.retain(|record| !go.iter().any(|it| it.kind == record.kind && it.id == record.id));
        batch.puts.retain(|record| record.kind != Kind::Meta || record.id != ROOM);
        if self.given_up != GivenUp::default() {
            // Removing needs no room, writing down that it happened does: so that goes with the batch.
            batch.puts.push(self.given_up.record());
        }
        let deletes = go.into_iter().map(|it| (it.kind, it.id)).collect();
        store.commit(&Batch { deletes, ..Batch::default() }).await?;
        Ok(true)
    }
}

/// Mails that may have a wrong date, for all that anybody knows.
const MOST_FROM_THE_FUTURE: usize = 3;

#[derive(Deserialize)]
struct Synced {
    at: UtcDate,
}

/// The day whose mail is spared: that of the last sync, or of the newest mail. A mail from the future must not give
/// today away; and a clock that was set back must not spare everything, which several mails from the future tell.
fn today(rest: &[Candidate], synced: Option<LocalDate>) -> Option<LocalDate> {
    let mails: BTreeMap<&str, LocalDate> =
        rest.iter().filter_map(|it| Some((it.email(), LocalDate(it.received_at?.0.date())))).collect();
    let mut days: Vec<LocalDate> = mails.into_values().collect();
    days.sort_unstable_by(|one, other| other.cmp(one));
    let newest = days.first().copied();
    let Some(synced) = synced else { return newest };
    match days.get(MOST_FROM_THE_FUTURE) {
        Some(day) if *day > synced => Some(*day),
        _ => newest.map_or(Some(synced), |newest| Some(newest.min(synced))),
    }
}

/// Notes when the candidates' mails came.
async fn date(store: &impl Store, batch: &Batch, rest: &mut [Candidate]) -> Result<(), StoreError> {
    // Neighbours often belong to the same mail.
    let mut last: Option<(String, Option<UtcDate>)> = None;
    for candidate in rest {
        let email = candidate.email().to_owned();
        if last.as_ref().is_none_or(|(id, _)| *id != email) {
            let coming = batch.puts.iter().find(|it| it.kind == Kind::Email && it.id == email);
            let header = match coming {
                Some(record) => Some(record.payload.clone()),
                None => store.get(Kind::Email, &email).await?,
            };
            let mail = header.and_then(|payload| json::read::<Email>(&payload).ok());
            last = Some((email, mail.map(|mail| mail.received_at)));
        }
        candidate.received_at = last.as_ref().and_then(|(_, received_at)| *received_at);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_up_keeps_its_form() {
        let given_up = GivenUp { attachments: 3, bodies: 2 };
        let payload = given_up.record().payload;
        assert_eq!(String::from_utf8_lossy(&payload), r#"{"id":"room","attachments":3,"bodies":2}"#);
        assert_eq!(json::read::<GivenUp>(&payload).unwrap(), given_up);
    }
}
