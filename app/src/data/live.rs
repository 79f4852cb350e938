//! Reading again whenever something has changed.
//!
//! Everything but the type that a query finds is compiled once: a screen asks a dozen questions, and
//! each copy of this machinery would be sent over the school's network.

use std::{
    any::Any,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

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

    /// How often this kind has changed, for those who do not follow it.
    pub(super) fn of_kind(self, kind: Kind) -> u32 {
        self.of(&[kind]).map(|version| version.get_untracked()).sum()
    }

    fn of(self, kinds: &[Kind]) -> impl Iterator<Item = RwSignal<u32>> {
        let place = |kind: &Kind| Kind::ALL.iter().position(|it| it == kind);
        kinds.iter().filter_map(place).map(move |place| self.0[place])
    }
}

/// What a live query has found so far, of whatever type.
#[derive(Clone, Debug, Default)]
pub enum Found {
    /// It is being read for the first time.
    #[default]
    Reading,
    /// Nothing is open, or the device cannot be read.
    Unreadable,
    /// This.
    Value(Rc<dyn Any>),
}

/// Whether two values, both of the query's type, are equal.
type Same = fn(&dyn Any, &dyn Any) -> bool;

type Reading = Pin<Box<dyn Future<Output = Result<Rc<dyn Any>, StoreError>>>>;

/// A live query.
pub struct Live<T> {
    found: RwSignal<Found, LocalStorage>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}

impl<T: Clone + 'static> Live<T> {
    /// What was found last; `None` before the first answer and where nothing can be read.
    #[must_use]
    pub fn get(self) -> Option<T> {
        value(&self.found.get())
    }

    /// The same for those who show the difference between the two; see [`value`].
    #[must_use]
    pub fn found(self) -> Found {
        self.found.get()
    }
}

/// What was found, where it is of this type.
#[must_use]
pub fn value<T: Clone + 'static>(found: &Found) -> Option<T> {
    match found {
        Found::Value(value) => value.downcast_ref().cloned(),
        Found::Reading | Found::Unreadable => None,
    }
}

impl School {
    /// What `read` finds, read again whenever a record of these kinds changes, in this tab or in
    /// another, and whenever a signal changes that `read` itself reads before it first waits. Who follows it
    /// hears only of answers that differ from the last one.
    pub fn live<T, F>(self, kinds: &'static [Kind], read: impl Fn(Reader) -> F + 'static) -> Live<T>
    where
        T: PartialEq + 'static,
        F: Future<Output = Result<T, StoreError>> + 'static,
    {
        let read = move |reader| -> Reading {
            let found = read(reader);
            Box::pin(async move {
                let value: Rc<dyn Any> = Rc::new(found.await?);
                Ok(value)
            })
        };
        let same: Same = |one, other| one.downcast_ref::<T>() == other.downcast_ref();
        Live { found: self.follow(kinds, Box::new(read), same), of: PhantomData }
    }

    fn follow(
        self,
        kinds: &'static [Kind],
        read: Box<dyn Fn(Reader) -> Reading>,
        same: Same,
    ) -> RwSignal<Found, LocalStorage> {
        let found = RwSignal::new_local(Found::Reading);
        let turn = StoredValue::new_local(0_u32);
        let ask = move || {
            self.versions.follow(kinds);
            let phase = self.phase.get();
            if phase == Phase::Starting {
                return;
            }
            let open = phase == Phase::Open;
            let reading = open.then(|| self.opened_store()).flatten().map(|store| read(read::Reader(store)));
            let this_turn = turn.get_value().wrapping_add(1);
            turn.set_value(this_turn);
            let Some(mut reading) = reading else {
                found.set(Found::Unreadable);
                return;
            };
            // What was read ahead is there at once, and the first frame shows it.
            if let Poll::Ready(answer) = reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                found.set(answer.map_or_else(unreadable, Found::Value));
                return;
            }
            leptos::task::spawn_local(async move {
                let answer = reading.await.map_or_else(unreadable, Found::Value);
                // An answer that a later question has overtaken is old, and a view that has gone
                // wants none.
                if turn.try_get_value() == Some(this_turn)
                    && found.try_with_untracked(|last| is_new(last, &answer, same)) == Some(true)
                {
                    let _ = found.try_set(answer);
                }
            });
        };
        // Asked while the view is being built, and not after it. Kept as long as the view is.
        StoredValue::new_local(RenderEffect::new(move |_| ask()));
        found
    }
}

fn is_new(last: &Found, answer: &Found, same: Same) -> bool {
    match (last, answer) {
        (Found::Value(last), Found::Value(answer)) => !same(&**last, &**answer),
        _ => true,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_or_else` hands errors over by value")]
fn unreadable(error: StoreError) -> Found {
    leptos::logging::error!("reading the device: {error}");
    Found::Unreadable
}
