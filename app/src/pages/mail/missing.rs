//! A mail whose text is not kept on the device: it is fetched, and says how that goes.

use leptos::prelude::*;
use tornister_protocol::id::EmailId;

use crate::{
    components::{
        dynamic::dynamic,
        empty::{Empty, Loading},
        icon::IconName,
    },
    data::{FetchError, School, SyncStatus},
    i18n::texts,
};

/// Fetches the text at once, and again when the server can be reached again. It then stands in this
/// place by itself.
#[component]
pub fn Missing(id: EmailId) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let id = StoredValue::new(id);
    let refused = RwSignal::new(None);
    let fetching = StoredValue::new(false);
    let fetch = move || {
        if fetching.get_value() {
            return;
        }
        fetching.set_value(true);
        refused.set(None);
        leptos::task::spawn_local(async move {
            let outcome = school.fetch_body(id.get_value()).await;
            // The reader may have left meanwhile.
            if fetching.try_set_value(false).is_none() {
                let _ = refused.try_set(outcome.err());
            }
        });
    };
    Effect::new(move |before: Option<()>| {
        let reachable = school.sync() == SyncStatus::Idle;
        if before.is_none() || (reachable && refused.get_untracked().is_some()) {
            fetch();
        }
    });
    dynamic(move || match refused.get() {
        None => view! {
            <p class="visually-hidden" role="status">{t.fetching}</p>
            <Loading/>
        }
        .into_any(),
        Some(FetchError::Offline) => {
            view! { <Empty icon=IconName::Offline title=t.body_missing text=t.body_missing_help/> }.into_any()
        }
        Some(FetchError::Failed) => view! {
            <Empty icon=IconName::Warning title=t.body_missing text=t.body_failed/>
            <div class="actions">
                <button type="button" class="button" on:click=move |_| fetch()>{t.try_again}</button>
            </div>
        }
        .into_any(),
    })
}
