//! Where the reader is in the app, and the way elsewhere.

use leptos::prelude::*;

use crate::{
    platform::address,
    route::{Route, Screen},
};

/// The address as a signal; a context.
#[derive(Clone, Copy)]
pub struct Navigation {
    route: RwSignal<Route>,
    screen: Memo<Screen>,
}

impl Navigation {
    /// Begins where the page was opened, and follows links, back and forward. To be called once.
    #[must_use]
    pub fn start() -> Self {
        let navigation = Self::resting();
        address::watch(move || navigation.arrive(), move |link| navigation.go(link));
        navigation
    }

    /// Stays where the reader is now.
    #[must_use]
    pub fn resting() -> Self {
        let route = RwSignal::new(Route::of(&address::current()));
        Self { route, screen: Memo::new(move |_| route.with(Route::screen)) }
    }

    /// The context.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Goes to an address of the app, such as `/post/inbox`.
    pub fn go(self, address: &str) {
        address::push(address);
        self.arrive();
    }

    /// The same without a way back to where the reader is now.
    pub fn replace(self, address: &str) {
        address::replace(address);
        self.arrive();
    }

    fn arrive(self) {
        self.route.set(Route::of(&address::current()));
    }

    /// The screen that the address asks for.
    #[must_use]
    pub fn screen(self) -> Memo<Screen> {
        self.screen
    }

    /// What `read` finds in the addresses of one screen. It answers `None` for other screens' addresses:
    /// there the last answer stays, so that a screen which is about to go is not drawn once more.
    #[must_use]
    pub fn part<T>(self, read: impl Fn(&Route) -> Option<T> + Send + Sync + 'static) -> Memo<T>
    where
        T: Clone + Default + PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |last: Option<&T>| {
            self.route.with(&read).or_else(|| last.cloned()).unwrap_or_default()
        })
    }
}
