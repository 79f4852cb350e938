//! Which screen an address shows.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::{
    components::{heading::Arrival, shell::Shell},
    data::{Phase, School, StartError},
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
    rehearsal,
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

/// Draws a screen. Pointers keep the screens apart: browsers compile a function as a whole when it is
/// first called, and Heute should not wait for all others, which would be inlined into one.
pub type Draw = fn() -> AnyView;

fn drawing(screen: Screen) -> Draw {
    match screen {
        Screen::Today => || view! { <Today/> }.into_any(),
        Screen::Mail => || view! { <MailPage/> }.into_any(),
        Screen::Tasks => || view! { <TasksPage/> }.into_any(),
        Screen::Calendar => || view! { <CalendarPage/> }.into_any(),
        Screen::Timetable => || view! { <TimetablePage/> }.into_any(),
        Screen::Settings => || view! { <Settings/> }.into_any(),
        Screen::LoggedOut => || ().into_any(),
        Screen::NotFound => || view! { <NotFound/> }.into_any(),
    }
}

/// The tabs beside Heute; the first are wanted most.
const REHEARSED: [Screen; 4] = [Screen::Mail, Screen::Tasks, Screen::Timetable, Screen::Calendar];

/// What there is to show.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Nobody knows yet: the page keeps its first paint.
    Nothing,
    Screens,
    Login,
    Goodbye,
    Broken(StartError),
}

/// So long the first screen waits for the device's data; then it shows that it is being opened. A page
/// that draws does not hear that its data is there.
const PATIENCE_MILLIS: u32 = 150;

/// The screens for those who are logged in, the login for the others.
#[component]
fn Entrance() -> impl IntoView {
    let school = School::expect();
    let screen = Navigation::expect().screen();
    let late = RwSignal::new(false);
    Timeout::new(PATIENCE_MILLIS, move || late.set(true)).forget();
    let shown = Memo::new(move |_| match school.phase() {
        Phase::Starting if !late.get() || !School::probably_open() => Shown::Nothing,
        Phase::Starting | Phase::Open => Shown::Screens,
        Phase::LoggedOut if screen.get() == Screen::LoggedOut => Shown::Goodbye,
        Phase::LoggedOut => Shown::Login,
        Phase::Broken(error) => Shown::Broken(error),
    });
    move || {
        let shown = shown.get();
        if shown != Shown::Nothing {
            document::remove_first_paint();
        }
        let draw: Draw = match shown {
            Shown::Nothing => || ().into_any(),
            Shown::Screens => || view! { <Screens/> }.into_any(),
            Shown::Login => || view! { <Login/> }.into_any(),
            Shown::Goodbye => || view! { <LoggedOut/> }.into_any(),
            Shown::Broken(error) => return view! { <Broken error/> }.into_any(),
        };
        draw()
    }
}

#[component]
fn Screens() -> impl IntoView {
    let school = School::expect();
    let navigation = Navigation::expect();
    let screen = navigation.screen();
    Effect::new(move || {
        // Somebody is logged in: nobody has said goodbye.
        if school.phase() == Phase::Open && screen.get() == Screen::LoggedOut {
            navigation.replace("/");
        }
    });
    rehearsal::while_on(Screen::Today, REHEARSED.map(drawing));
    view! { <Shell>{move || drawing(screen.get())()}</Shell> }
}
