//! What happens to the device's storage beneath the app: it is full, it is upgraded by another tab, or
//! it is taken away.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use tornister_store::{Ended, IdbStore};
use tornister_sync::{kind::Kind, message::Ask, store::room::GivenUp};

use super::{Live, Phase, School, StartError};

/// A login in this tab takes the old store away itself, and has a new one after this time.
const LOGIN_MILLIS: u32 = 2_000;

impl School {
    /// What was given up because the device is full, and the user has not seen yet.
    #[must_use]
    pub fn given_up(self) -> Live<GivenUp> {
        self.live(&[Kind::Meta], |reader| async move { GivenUp::read(&reader.0).await })
    }

    /// The user has seen what was given up.
    pub fn forget_given_up(self) {
        self.tell(Ask::ForgetGivenUp);
    }

    /// Sees to it that a page whose storage ends goes on with what there is then.
    pub(super) fn watch_storage(self, store: IdbStore) {
        // The worker has what that takes.
        store.on_broken(move |broken| self.tell(Ask::Mend(broken)));
        leptos::task::spawn_local(async move {
            let ended = store.ended().await;
            let account = store.account().to_owned();
            let wait = if ended == Ended::Deleted { LOGIN_MILLIS } else { 0 };
            Timeout::new(wait, move || self.go_on(ended, &account)).forget();
        });
    }

    fn go_on(self, ended: Ended, account: &str) {
        let is_open = self.opened_store().is_some_and(|open| open.account() == account);
        if self.phase.get_untracked() != Phase::Open || !is_open {
            return;
        }
        self.tell_closed();
        self.store.set_value(None);
        if ended == Ended::Upgraded {
            self.phase.set(Phase::Broken(StartError::Outdated));
        } else {
            leptos::task::spawn_local(self.open_device());
        }
    }
}
