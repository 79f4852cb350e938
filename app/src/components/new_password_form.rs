//! A new password in place of the one that the school gave (R7).

use leptos::{html, prelude::*};

use super::{form_end::FormEnd, login_form::words, password_field::PasswordField};
use crate::{
    data::{PasswordRules, School},
    i18n::texts,
};

/// Asks for the new password and says beforehand what it has to have (R8).
#[component]
pub fn NewPasswordForm(username: String, password: String, rules: PasswordRules) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let field = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(new_password) = field.get_untracked().map(|field| field.value()) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let (username, password) = (username.clone(), password.clone());
        leptos::task::spawn_local(async move {
            let outcome = school.choose_password(username, password, new_password).await;
            // Where it succeeded, this form is gone.
            let _ = busy.try_set(false);
            if let Err(error) = outcome {
                let _ = problem.try_set(Some(words(t, error)));
            }
        });
    };
    Effect::new(move || {
        if let Some(field) = field.get() {
            // A field that cannot have the focus works all the same.
            let _ = field.focus();
        }
    });
    let rules: Vec<_> =
        rules.iter().map(|rule| view! { <li>{(t.password_rule)(rule, rules.min_length)}</li> }).collect();
    view! {
        <form class="login-form" on:submit=submit novalidate aria-describedby="new-password-rules new-password-problem">
            <h2>{t.choose_password}</h2>
            <p>{t.choose_password_help}</p>
            <ul id="new-password-rules" class="password-rules">{rules}</ul>
            <PasswordField id="new-password" label=t.new_password autocomplete="new-password" field/>
            <FormEnd id="new-password-problem" problem busy label=t.save_password/>
        </form>
    }
}
