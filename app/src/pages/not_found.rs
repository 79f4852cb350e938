//! An address that leads nowhere.

use leptos::prelude::*;

use crate::{
    components::{
        heading::PageTitle,
        icon::{Icon, IconName},
    },
    i18n::texts,
};

/// Says so and leads home.
#[component]
pub fn NotFound() -> impl IntoView {
    let t = texts();
    view! {
        <div class="page">
            <PageTitle title=t.not_found/>
            <div class="empty">
                <Icon name=IconName::Info/>
                <p>{t.not_found_help}</p>
                <a class="button" href="/">{t.go_home}</a>
            </div>
        </div>
    }
}
