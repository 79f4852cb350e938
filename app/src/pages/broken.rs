//! The device's data cannot be opened.

use leptos::prelude::*;

use crate::{
    components::{
        heading::PageTitle,
        icon::{Icon, IconName},
    },
    data::StartError,
    i18n::texts,
    platform::page,
};

/// Says why, and what may help.
#[component]
pub fn Broken(error: StartError) -> impl IntoView {
    let t = texts();
    let (title, help, button) = match error {
        StartError::NoStorage => (t.no_storage, t.no_storage_help, t.try_again),
        StartError::Outdated => (t.outdated, t.outdated_help, t.update_now),
    };
    view! {
        <main class="entrance" id="content" tabindex="-1">
            <div class="entrance-card">
                <Icon name=IconName::Warning/>
                <PageTitle title/>
                <p>{help}</p>
                <button type="button" class="button button--wide" on:click=move |_| page::reload()>
                    {button}
                </button>
            </div>
        </main>
    }
}
