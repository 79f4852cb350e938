//! Abgemeldet: the wipe is done, and this says so (R11).

use leptos::prelude::*;

use crate::{
    components::{
        heading::PageTitle,
        icon::{Icon, IconName},
    },
    data::School,
    i18n::texts,
};

/// The page after logging out.
#[component]
pub fn LoggedOut() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    view! {
        <main class="entrance" id="content" tabindex="-1">
            <div class="entrance-card entrance-card--done">
                <Icon name=IconName::CircleCheck/>
                <PageTitle title=t.logged_out/>
                <p>{t.logged_out_help}</p>
                <a class="button button--wide" href="/" on:click=move |_| school.show(None)>{t.go_on}</a>
            </div>
        </main>
    }
}
