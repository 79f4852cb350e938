//! How fresh everything is, on every screen; a tap syncs.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use crate::{
    data::{School, SyncStatus},
    i18n::{language, texts},
};

/// `Zuletzt abgeglichen 07:12`, or why not.
#[component]
pub fn SyncLine() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let when = move || {
        let today = school.now().date();
        school.last_synced().map(|moment| language().moment(moment, today))
    };
    let state = move || match school.sync() {
        SyncStatus::Idle | SyncStatus::Syncing { .. } => t.last_synced,
        SyncStatus::Offline => t.offline_as_of,
        SyncStatus::LoggedOut => t.session_ended_as_of,
        SyncStatus::Full | SyncStatus::Failed => t.failed_as_of,
    };
    let icon = move || match school.sync() {
        SyncStatus::Idle => IconName::CircleCheck,
        SyncStatus::Syncing { .. } => IconName::Sync,
        SyncStatus::Offline => IconName::Offline,
        SyncStatus::LoggedOut | SyncStatus::Full | SyncStatus::Failed => IconName::Warning,
    };
    let text = move || match (when(), school.sync()) {
        (Some(when), _) => format!("{} {when}", state()),
        // Nothing is known yet, and nothing under way.
        (None, SyncStatus::Idle) => String::new(),
        (None, SyncStatus::Offline) => t.offline.to_owned(),
        (None, SyncStatus::LoggedOut) => t.session_ended.to_owned(),
        (None, SyncStatus::Full) => t.device_full.to_owned(),
        (None, SyncStatus::Failed) => t.failed.to_owned(),
        (None, SyncStatus::Syncing { .. }) => t.fetching.to_owned(),
    };
    let waiting = move || Some(school.pending()).filter(|count| *count > 0).map(t.changes_waiting);
    view! {
        <button
            type="button"
            class=move || match school.sync() {
                SyncStatus::Idle => "sync-line",
                SyncStatus::Syncing { .. } => "sync-line sync-line--busy",
                _ => "sync-line sync-line--attention",
            }
            on:click=move |_| school.sync_now()
        >
            {move || view! { <Icon name=icon()/> }}
            <span class="sync-words">
                <span>{text}</span>
                {move || waiting().map(|words| view! { <span class="sync-waiting">{words}</span> }.into_any())}
            </span>
            <span class="visually-hidden">{t.sync_now}</span>
        </button>
    }
}

/// Tells screen readers when the state of syncing becomes another one; the hour itself is no news.
#[component]
pub fn SyncAnnouncer() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    // While a sync is under way the last news stays.
    let news = Memo::new(move |last: Option<&&'static str>| match school.sync() {
        SyncStatus::Idle => "",
        SyncStatus::Syncing { .. } => last.copied().unwrap_or_default(),
        SyncStatus::Offline => t.offline_news,
        SyncStatus::LoggedOut => t.session_ended,
        SyncStatus::Full => t.full_news,
        SyncStatus::Failed => t.failed_news,
    });
    view! { <p class="visually-hidden" role="status">{move || news.get()}</p> }
}
