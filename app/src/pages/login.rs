//! Anmeldung.

use leptos::prelude::*;

use crate::{
    components::{
        heading::PageTitle,
        icon::{Icon, IconName},
        login_form::LoginForm,
    },
    data::School,
    i18n::texts,
};

/// The login; the address stays, so that a deep link opens after it.
#[component]
pub fn Login() -> impl IntoView {
    let t = texts();
    let school = School::expect();
    view! {
        <main class="entrance" id="content" tabindex="-1">
            <div class="entrance-brand">
                <svg class="logo" aria-hidden="true" focusable="false"><use href="#logo"></use></svg>
                <p class="entrance-name">"Tornister"</p>
                <p class="entrance-claim">{t.claim}</p>
            </div>
            <div class="entrance-card">
                <PageTitle title=t.log_in/>
                {move || school.storage_gone().then(|| view! { <p role="status">{t.storage_gone}</p> }.into_any())}
                <LoginForm/>
            </div>
            <ul class="entrance-notes">
                <li>
                    <Icon name=IconName::Info/>
                    {t.password_not_kept}
                </li>
                <li>
                    <Icon name=IconName::Device/>
                    {t.own_device}
                </li>
            </ul>
        </main>
    }
}
