//! Logging out, which wipes the device: asked once more before, said once it is done.

use leptos::{html, prelude::*};

use crate::{
    components::icon::{Icon, IconName},
    data::School,
    i18n::texts,
    navigation::Navigation,
};

/// The button, and the question behind it.
#[component]
pub fn LogOut() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let navigation = Navigation::expect();
    let dialog = NodeRef::<html::Dialog>::new();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let ask = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            // Already open is as good.
            let _ = dialog.show_modal();
        }
    };
    let stay = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let leave = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(false);
        leptos::task::spawn_local(async move {
            let outcome = school.log_out().await;
            if outcome.is_ok() {
                navigation.replace("/abgemeldet");
            } else {
                let _ = failed.try_set(true);
                let _ = busy.try_set(false);
            }
        });
    };
    let unsent = move || Some(school.pending()).filter(|count| *count > 0).map(t.changes_lost);
    view! {
        <section class="card setting">
            <h2>{t.log_out}</h2>
            <p>{t.log_out_help}</p>
            <button type="button" class="button button--danger" on:click=ask>
                <Icon name=IconName::LogOut/>
                {t.log_out}
            </button>
            <dialog class="dialog" node_ref=dialog aria-labelledby="log-out-title">
                <h2 id="log-out-title">{t.log_out_question}</h2>
                <p>{t.log_out_consequence}</p>
                {move || unsent().map(|words| view! {
                    <p class="problem">
                        <Icon name=IconName::Warning/>
                        {words}
                    </p>
                }.into_any())}
                <div role="alert">
                    {move || failed.get().then(|| view! { <p class="problem">{t.log_out_failed}</p> }.into_any())}
                </div>
                <div class="dialog-actions">
                    <button type="button" class="button" on:click=stay>{t.stay}</button>
                    <button type="button" class="button button--danger" on:click=leave>
                        {move || if busy.get() { t.wiping } else { t.log_out_and_wipe }}
                    </button>
                </div>
            </dialog>
        </section>
    }
}
