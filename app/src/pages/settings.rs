//! Einstellungen.

mod accounts;
mod choices;
mod log_out;

use leptos::prelude::*;

pub use self::choices::LanguageJustChanged;
use self::{
    accounts::Accounts,
    choices::{AppearanceChoice, LanguageChoice},
    log_out::LogOut,
};
use crate::{
    components::{
        heading::PageTitle,
        icon::{Icon, IconName},
    },
    data::{School, SyncStatus},
    i18n::{language, texts},
};

/// Accounts, language, appearance, syncing, storage, logging out.
#[component]
pub fn Settings() -> impl IntoView {
    let t = texts();
    view! {
        <div class="page settings">
            <PageTitle title=t.settings/>
            <Accounts/>
            <LanguageChoice/>
            <AppearanceChoice/>
            <Syncing/>
            <section class="card setting">
                <h2>{t.storage}</h2>
                <p>{t.storage_help}</p>
            </section>
            <LogOut/>
            <p class="footnote">"Tornister " {env!("CARGO_PKG_VERSION")}</p>
        </div>
    }
}

#[component]
fn Syncing() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let last = move || match school.last_synced() {
        Some(moment) => language().moment_in_full(moment),
        None => t.not_yet.to_owned(),
    };
    let state = move || match school.sync() {
        SyncStatus::Idle => t.sync_fine,
        SyncStatus::Syncing { .. } => t.fetching,
        SyncStatus::Offline => t.offline_news,
        SyncStatus::LoggedOut => t.session_ended,
        SyncStatus::Full => t.full_news,
        SyncStatus::Failed => t.failed_news,
    };
    let waiting = move || Some(school.pending()).filter(|count| *count > 0).map(t.changes_waiting);
    view! {
        <section class="card setting">
            <h2>{t.syncing}</h2>
            <dl class="facts">
                <div><dt>{t.last_synced}</dt><dd>{last}</dd></div>
                <div><dt>{t.state}</dt><dd>{state}</dd></div>
                {move || waiting().map(|words| view! { <div><dt>{t.waiting}</dt><dd>{words}</dd></div> }.into_any())}
            </dl>
            <button type="button" class="button" on:click=move |_| school.sync_now()>
                <Icon name=IconName::Sync/>
                {t.sync_now}
            </button>
        </section>
    }
}
