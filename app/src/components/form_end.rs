//! How the forms of the entrance end: what went wrong, and the button.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use crate::i18n::texts;

/// Says what went wrong, and sends the form.
#[component]
pub fn FormEnd(
    /// Of the message, which describes the form.
    id: &'static str,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    label: &'static str,
) -> impl IntoView {
    let t = texts();
    view! {
        <div id=id role="alert">
            {move || problem.get().map(|words| view! {
                <p class="problem">
                    <Icon name=IconName::Warning/>
                    {words}
                </p>
            }.into_any())}
        </div>
        <button type="submit" class="button button--primary button--wide" aria-disabled=move || busy.get().to_string()>
            {move || if busy.get() { t.logging_in } else { label }}
        </button>
    }
}
