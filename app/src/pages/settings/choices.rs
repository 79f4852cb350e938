//! Language and appearance.

use leptos::{html, prelude::*};

use crate::{
    i18n::{CurrentLanguage, Language, texts},
    platform::{
        document,
        preferences::{self, Appearance},
    },
};

#[component]
fn Choice(
    group: &'static str,
    label: &'static str,
    #[prop(optional)] lang: &'static str,
    checked: bool,
    on_choice: impl Fn() + 'static,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let lang = (!lang.is_empty()).then_some(lang);
    view! {
        <label class="choice" lang=lang>
            <input type="radio" name=group checked=checked node_ref=node_ref on:change=move |_| on_choice()/>
            <span>{label}</span>
        </label>
    }
}

/// Whether the language was changed on this screen: drawn anew, it puts the focus back.
#[derive(Clone, Copy)]
pub struct LanguageJustChanged(pub StoredValue<bool>);

/// The language.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let CurrentLanguage(current) = expect_context();
    let LanguageJustChanged(just_changed) = expect_context();
    let choices = Language::ALL.map(|language| {
        let node_ref = NodeRef::<html::Input>::new();
        let checked = current.get_untracked() == language;
        if checked && just_changed.get_value() {
            node_ref.on_load(move |radio| {
                just_changed.set_value(false);
                // After the heading has had it.
                document::after_frame(move || document::focus(&radio));
            });
        }
        let choose = move || {
            preferences::set_language(language.tag());
            just_changed.set_value(true);
            current.set(language);
        };
        view! {
            <Choice group="language" label=language.name() lang=language.tag() checked on_choice=choose node_ref/>
        }
    });
    view! {
        <fieldset class="card setting">
            <legend>{texts().language}</legend>
            <div class="choices">{choices.into_iter().collect_view()}</div>
        </fieldset>
    }
}

/// Light, dark, or as the device is.
#[component]
pub fn AppearanceChoice() -> impl IntoView {
    let t = texts();
    let current = preferences::appearance();
    let choices = Appearance::ALL.map(|appearance| {
        let label = match appearance {
            Appearance::Device => t.as_device,
            Appearance::Light => t.light,
            Appearance::Dark => t.dark,
        };
        let choose = move || {
            preferences::set_appearance(appearance);
            document::set_appearance(appearance);
        };
        view! { <Choice group="appearance" label checked=current == appearance on_choice=choose/> }
    });
    view! {
        <fieldset class="card setting">
            <legend>{t.appearance}</legend>
            <div class="choices">{choices.into_iter().collect_view()}</div>
        </fieldset>
    }
}
