//! Mistakes that an engine could make. With the feature `broken-engines`, which only tests have, a
//! thread can make one of them, and the simulator has to notice. Without the feature every question
//! for a flaw is answered "no" when the engine is compiled.

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Writes the new state first and its objects in a second transaction.
    StateBeforeObjects,
    /// Takes what the server leaves out of an answer for unchanged.
    IgnoresLeftOut,
    /// Takes what a page leaves out for gone, without asking for it.
    SweepsUnasked,
    /// Keeps what the server has destroyed.
    KeepsDestroyed,
    /// Does not fetch the bodies that came without their headers' page.
    ForgetsBodies,
    /// Takes a change whose answer is lost for done.
    ForgetsUnanswered,
    /// Takes changes for done when the server says that it is in another state.
    TakesMismatchForDone,
    /// Sends changes whatever state the server is in.
    SendsUnguarded,
    /// Sends changes without their names.
    SendsUnnamed,
    /// Drops a refused change without telling anybody.
    RefusesSilently,
    /// Writes an answer over a change that the user made while it was under way.
    DropsLateTick,
    /// Goes on for ever where the server never ends.
    NeverEnds,
    /// Gives today's mail up where there is no room, and not only old mail.
    SparesNothing,
}

#[cfg(feature = "broken-engines")]
mod set {
    use std::cell::Cell;

    use super::Flaw;

    thread_local! {
        static FLAW: Cell<Option<Flaw>> = const { Cell::new(None) };
    }

    /// Makes all engines of this thread make a mistake.
    pub fn set(flaw: Flaw) {
        FLAW.set(Some(flaw));
    }

    pub(crate) fn has(flaw: Flaw) -> bool {
        FLAW.get() == Some(flaw)
    }
}

#[cfg(feature = "broken-engines")]
pub(crate) use set::has;
#[cfg(feature = "broken-engines")]
pub use set::set;

#[cfg(not(feature = "broken-engines"))]
#[inline(always)]
pub(crate) const fn has(_: Flaw) -> bool {
    false
}
