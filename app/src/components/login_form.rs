//! Name and password.

use leptos::{html, prelude::*};

use super::{form_end::FormEnd, new_password_form::NewPasswordForm, password_field::PasswordField};
use crate::{
    data::{LogInError, School},
    i18n::{Texts, texts},
    navigation::Navigation,
};

/// `t` is handed in: after waiting for an answer there is no view around to ask for it.
pub fn words(t: &Texts, error: LogInError) -> String {
    match error {
        LogInError::Locked => t.account_locked.to_owned(),
        LogInError::NewPasswordNeeded(rules) | LogInError::WeakPassword(rules) => {
            let missing: Vec<String> =
                rules.iter().map(|rule| (t.password_rule)(rule, rules.min_length)).collect();
            (t.password_lacks)(&missing.join(", "))
        }
        LogInError::WrongCredentials => t.wrong_credentials.to_owned(),
        LogInError::TooManyTries { retry_after } => (t.too_many_tries)(retry_after.div_ceil(60)),
        LogInError::Unreachable => t.login_unreachable.to_owned(),
        LogInError::Full => t.full_news.to_owned(),
        LogInError::Failed => t.login_failed.to_owned(),
    }
}

/// The form of a login. With `username` only the password is asked for; with `then` that address follows.
#[component]
pub fn LoginForm(
    #[prop(optional, into)] username: Option<String>,
    #[prop(optional)] then: Option<&'static str>,
) -> impl IntoView {
    let school = School::expect();
    let navigation = Navigation::expect();
    let t = texts();
    let name_field = NodeRef::<html::Input>::new();
    let password_field = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    // Name and password of somebody who has to choose a new one, in memory only (R6).
    let provisional = RwSignal::new(None);
    let known = username.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(password) = password_field.get_untracked().map(|field| field.value()) else { return };
        let typed = name_field.get_untracked().map(|field| field.value().trim().to_owned());
        let name = known.clone().or(typed).unwrap_or_default();
        if name.is_empty() || password.is_empty() {
            problem.set(Some(t.login_incomplete.to_owned()));
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        leptos::task::spawn_local(async move {
            let outcome = school.log_in(name.clone(), password.clone()).await;
            // Where it succeeded, this form is gone.
            let _ = busy.try_set(false);
            match outcome {
                Ok(()) => then.into_iter().for_each(|address| navigation.go(address)),
                Err(LogInError::NewPasswordNeeded(rules)) => {
                    let _ = provisional.try_set(Some((name, password, rules)));
                }
                Err(error) => {
                    let _ = problem.try_set(Some(words(t, error)));
                }
            }
        });
    };
    let name_input = username.is_none().then(|| {
        view! {
            <div class="field">
                <label for="login-name">{t.username}</label>
                <input
                    id="login-name"
                    name="username"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="next"
                    required
                    placeholder=t.username_example
                    node_ref=name_field
                />
            </div>
        }
    });
    let form = view! {
        <form class="login-form" hidden=move || provisional.with(Option::is_some) on:submit=submit novalidate aria-describedby="login-problem">
            {name_input}
            <PasswordField id="login-password" label=t.password autocomplete="current-password" field=password_field/>
            <FormEnd id="login-problem" problem busy label=t.log_in/>
        </form>
    };
    view! {
        {form}
        {move || provisional.get().map(|(username, password, rules)| view! {
            <NewPasswordForm username password rules/>
        }.into_any())}
    }
}
