//! Reading again whenever something has changed.

use std::future::Future;

use leptos::prelude::*;
use tornister_sync::{kind::Kind, read, store::StoreError};

use super::{Phase, Reader, School};

/// Counts the changes of each kind of record; a live query follows the kinds that it reads.
#[derive(Clone, Copy)]
pub(super) struct Versions([RwSignal<u32>; Kind::ALL.len()]);

impl Versions {
    pub(super) fn new() -> Self {
        Self(std::array::from_fn(|_| RwSignal::new(0)))
    }

    fn follow(self, kinds: &[Kind]) {
        self.of(kinds).for_each(|version| version.track());
    }

    /// Wakes the queries that read these kinds.
    pub(super) fn bump(self, kinds: &[Kind]) {
        self.of(kinds).for_each(|version| version.update(|count| *count = count.wrapping_add(1)));
    }

    fn of(self, kinds: &[Kind]) -> impl Iterator<Item = RwSignal<u32>> {
        let place = |kind: &Kind| Kind::ALL.iter().position(|it| it == kind);
        kinds.iter().filter_map(place).map(move |place| self.0[place])
    }
}

impl School {
    /// What `read` finds, read again whenever a record of these kinds changes, in this tab or in
    /// another, and whenever a signal changes that `read` itself reads before it first waits.
    /// `None` inside where nothing is open or the device cannot be read.
    pub fn live<T, F>(
        self,
        kinds: &'static [Kind],
        read: impl Fn(Reader) -> F + 'static,
    ) -> LocalResource<Option<T>>
    where
        T: 'static,
        F: Future<Output = Result<T, StoreError>> + 'static,
    {
        LocalResource::new(move || {
            self.versions.follow(kinds);
            let open = self.phase.get() == Phase::Open;
            let found = open.then(|| self.opened_store()).flatten().map(|store| read(read::Reader(store)));
            async move {
                match found?.await {
                    Ok(found) => Some(found),
                    Err(error) => {
                        leptos::logging::error!("reading the device: {error}");
                        None
                    }
                }
            }
        })
    }
}
