//! A password, which can be shown while it is typed.

use leptos::{html, prelude::*};

use super::icon::{Icon, IconName};
use crate::i18n::texts;

/// The field with its label and the button that shows what was typed.
#[component]
pub fn PasswordField(
    id: &'static str,
    label: &'static str,
    /// `current-password` or `new-password`, for password managers.
    autocomplete: &'static str,
    field: NodeRef<html::Input>,
) -> impl IntoView {
    let t = texts();
    let shown = RwSignal::new(false);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="field-with-button">
                <input
                    id=id
                    name="password"
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="go"
                    required
                    node_ref=field
                />
                <button
                    type="button"
                    class="icon-button"
                    aria-pressed=move || shown.get().to_string()
                    aria-label=t.show_password
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || {
                        let name = if shown.get() { IconName::EyeOff } else { IconName::Eye };
                        view! { <Icon name/> }
                    }}
                </button>
            </div>
        </div>
    }
}
