//! Which screen an address shows.

use leptos::prelude::*;
use leptos_router::{
    components::{FlatRoutes, Redirect, Route, Router},
    hooks::use_location,
    path,
};

use crate::{
    components::{heading::Arrival, shell::Shell},
    data::{Phase, School},
    i18n::{CurrentLanguage, Language},
    pages::{
        broken::Broken,
        calendar::CalendarPage,
        logged_out::LoggedOut,
        login::Login,
        mail::MailPage,
        not_found::NotFound,
        settings::{LanguageJustChanged, Settings},
        tasks::TasksPage,
        timetable::TimetablePage,
        today::Today,
    },
    platform::{document, preferences},
};

/// Everything.
#[component]
pub fn App() -> impl IntoView {
    let language = RwSignal::new(Language::preferred());
    provide_context(CurrentLanguage(language));
    provide_context(School::start());
    provide_context(Arrival::new());
    provide_context(LanguageJustChanged(StoredValue::new(false)));
    document::set_appearance(preferences::appearance());
    view! {
        <Router>
            {move || {
                // Another language draws everything anew: texts are plain values.
                document::set_language(language.get().tag());
                view! { <Entrance/> }
            }}
        </Router>
    }
}

/// The screens for those who are logged in, the login for the others.
#[component]
fn Entrance() -> impl IntoView {
    let phase = School::expect().phase();
    let pathname = use_location().pathname;
    let said_goodbye = Memo::new(move |_| pathname.with(|path| path == "/abgemeldet"));
    move || match phase.get() {
        Phase::Starting => ().into_any(),
        Phase::Broken(error) => view! { <Broken error/> }.into_any(),
        Phase::LoggedOut if said_goodbye.get() => view! { <LoggedOut/> }.into_any(),
        Phase::LoggedOut => view! { <Login/> }.into_any(),
        Phase::Open => view! { <Screens/> }.into_any(),
    }
}

#[component]
fn Screens() -> impl IntoView {
    view! {
        <Shell>
            <FlatRoutes fallback=|| view! { <NotFound/> }>
                <Route path=path!("/") view=Today/>
                <Route path=path!("/post/:mailbox?/:email?") view=MailPage/>
                <Route path=path!("/aufgaben/:id?") view=TasksPage/>
                <Route path=path!("/kalender/:id?") view=CalendarPage/>
                <Route path=path!("/stundenplan/:date?") view=TimetablePage/>
                <Route path=path!("/einstellungen") view=Settings/>
                <Route path=path!("/abgemeldet") view=|| view! { <Redirect path="/"/> }/>
            </FlatRoutes>
        </Shell>
    }
}
