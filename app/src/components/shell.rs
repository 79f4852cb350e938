//! What stands around every screen: how fresh things are, the way to the settings, the five tabs.

use leptos::prelude::*;

use super::{
    dynamic::dynamic_option,
    icon::{Icon, IconName},
    notices::Notices,
    sync_line::{SyncAnnouncer, SyncLine},
};
use crate::{data::School, i18n::texts, navigation::Navigation, platform::document, route::Screen};

/// Header, main part and tabs. The main part comes first: on a slow phone what stands around it takes
/// as long to build as the day's lessons do.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let t = texts();
    let around = RwSignal::new(false);
    document::after_frame(move || {
        // Logging out takes the shell away.
        let _ = around.try_set(true);
    });
    let then = move |draw: fn() -> AnyView| dynamic_option(move || around.get().then(draw));
    view! {
        <a class="skip-link" href="#content" rel="external" on:click=skip>{t.skip_to_content}</a>
        <div class="shell">
            <header class="app-header">
                {then(|| view! { <SyncLine/> <SyncAnnouncer/> <AccountButton/> }.into_any())}
            </header>
            <main id="content" class="content" tabindex="-1">
                {then(|| view! { <Notices/> }.into_any())}
                {children()}
            </main>
            <nav class="tabs" aria-label=t.navigation>
                {then(|| view! { <Tabs/> }.into_any())}
            </nav>
        </div>
    }
}

fn skip(event: leptos::ev::MouseEvent) {
    // The address stays: it is a deep link.
    event.prevent_default();
    document::focus_content();
}

#[component]
fn AccountButton() -> impl IntoView {
    let school = School::expect();
    let screen = Navigation::expect().screen();
    // Siblings share their initials, and a parent has to see whose day this is.
    let given_name = move || {
        let name = school.account_name();
        name.split_whitespace().next().unwrap_or_default().to_owned()
    };
    view! {
        <a
            class="account-button"
            href="/einstellungen"
            aria-label=move || format!("{}, {}", texts().settings, school.account_name())
            aria-current=move || (screen.get() == Screen::Settings).then_some("page")
        >
            <span class="account-name" aria-hidden="true">{given_name}</span>
        </a>
    }
}

#[component]
fn Tabs() -> impl IntoView {
    let t = texts();
    let screen = Navigation::expect().screen();
    let tabs = [
        (Screen::Today, "/", IconName::House, t.tab_today),
        (Screen::Mail, "/post", IconName::Mail, t.tab_mail),
        (Screen::Tasks, "/aufgaben", IconName::Tasks, t.tab_tasks),
        (Screen::Calendar, "/kalender", IconName::Calendar, t.tab_calendar),
        (Screen::Timetable, "/stundenplan", IconName::Timetable, t.tab_timetable_hyphenated),
    ];
    let tabs = tabs.map(|(of, href, icon, name)| {
        view! {
            <li>
                <a class="tab" href=href aria-current=move || (screen.get() == of).then_some("page")>
                    <Icon name=icon/>
                    <span class="tab-name">{name}</span>
                </a>
            </li>
        }
        .into_any()
    });
    view! { <ul>{tabs.into_iter().collect_view()}</ul> }
}
