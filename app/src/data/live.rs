//! Reading again whenever something has changed.
//!
//! Only a thin shell here is generic: the machinery behind it works on boxed futures, because every
//! query of every screen would otherwise bring its own copy of it to the phone.

use std::{cell::Cell, future::Future, pin::Pin, rc::Rc};

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

/// What a live query has found; keeps the last find while it reads again.
pub struct Live<T: 'static>(RwSignal<Option<Option<T>>, LocalStorage>);

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}

impl<T: Clone> Live<T> {
    /// `None` before the first find, `Some(None)` where the device cannot be read.
    #[must_use]
    pub fn get(self) -> Option<Option<T>> {
        self.0.get()
    }
}

type Reading = Pin<Box<dyn Future<Output = ()>>>;

/// One turn of a query: a find counts only while no later turn has begun.
struct Turn {
    mine: u32,
    latest: Rc<Cell<u32>>,
}

impl Turn {
    fn is_latest(&self) -> bool {
        self.mine == self.latest.get()
    }
}

impl School {
    /// What `read` finds, read again whenever a record of these kinds changes, in this tab or in
    /// another, and whenever a signal changes that `read` itself reads before it first waits.
    pub fn live<T, F>(self, kinds: &'static [Kind], read: impl Fn(Reader) -> F + 'static) -> Live<T>
    where
        T: 'static,
        F: Future<Output = Result<T, StoreError>> + 'static,
    {
        let found = RwSignal::new_local(None);
        self.follow(
            kinds,
            Box::new(move |reader, turn| {
                let reading = read(reader);
                Box::pin(async move {
                    let find = reading.await;
                    if turn.is_latest() {
                        // A screen that is gone wants no find.
                        let _ = found.try_set(Some(note_error(find)));
                    }
                })
            }),
        );
        Live(found)
    }

    fn follow(self, kinds: &'static [Kind], begin: Box<dyn Fn(Reader, Turn) -> Reading>) {
        let latest = Rc::new(Cell::new(0_u32));
        Effect::new(move |_| {
            self.versions.follow(kinds);
            if self.phase.get() != Phase::Open {
                return;
            }
            let Some(store) = self.opened_store() else { return };
            latest.set(latest.get().wrapping_add(1));
            let turn = Turn { mine: latest.get(), latest: Rc::clone(&latest) };
            leptos::task::spawn_local(begin(read::Reader(store), turn));
        });
    }
}

fn note_error<T>(find: Result<T, StoreError>) -> Option<T> {
    find.map_err(|error| leptos::logging::error!("reading the device: {error}")).ok()
}
