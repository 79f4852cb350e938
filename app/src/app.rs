//! Which screen an address shows.

use leptos::prelude::*;

use crate::{
    components::{heading::Arrival, shell::Shell},
    data::{Phase, School},
    i18n::{CurrentLanguage, Language},
    navigation::Navigation,
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
    route::Screen,
};

/// Everything.
#[component]
pub fn App() -> impl IntoView {
    let language = RwSignal::new(Language::preferred());
    provide_context(CurrentLanguage(language));
    provide_context(School::start());
    provide_context(Navigation::start());
    provide_context(Arrival::new());
    provide_context(LanguageJustChanged(StoredValue::new(false)));
    document::set_appearance(preferences::appearance());
    move || {
        // Another language draws everything anew: texts are plain values.
        document::set_language(language.get().tag());
        view! { <Entrance/> }
    }
}

/// The screens for those who are logged in, the login for the others.
#[component]
fn Entrance() -> impl IntoView {
    let phase = School::expect().phase();
    let screen = Navigation::expect().screen();
    let said_goodbye = Memo::new(move |_| screen.get() == Screen::LoggedOut);
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
    let navigation = Navigation::expect();
    let screen = navigation.screen();
    Effect::new(move || {
        // Somebody is logged in: nobody has said goodbye.
        if screen.get() == Screen::LoggedOut {
            navigation.replace("/");
        }
    });
    view! {
        <Shell>
            {move || match screen.get() {
                Screen::Today => view! { <Today/> }.into_any(),
                Screen::Mail => view! { <MailPage/> }.into_any(),
                Screen::Tasks => view! { <TasksPage/> }.into_any(),
                Screen::Calendar => view! { <CalendarPage/> }.into_any(),
                Screen::Timetable => view! { <TimetablePage/> }.into_any(),
                Screen::Settings => view! { <Settings/> }.into_any(),
                Screen::LoggedOut => ().into_any(),
                Screen::NotFound => view! { <NotFound/> }.into_any(),
            }}
        </Shell>
    }
}
