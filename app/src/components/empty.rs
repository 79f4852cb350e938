//! Screens and lists without anything in them: nothing there, still coming, or unreadable.

use leptos::prelude::*;

use super::{
    dynamic::{dynamic, dynamic_option},
    icon::{Icon, IconName},
};
use crate::{
    data::{
        Live, School,
        live::{self, Found},
    },
    i18n::texts,
};

/// Nothing there, in friendly words. Before the first sync has ended nobody knows, so then it shows
/// that something is still coming.
#[component]
pub fn Empty(icon: IconName, title: &'static str, #[prop(default = "")] text: &'static str) -> impl IntoView {
    let school = School::expect();
    dynamic(move || {
        if school.last_synced().is_none() {
            return Loading().into_any();
        }
        view! {
            <div class="empty">
                <Icon name=icon/>
                <p class="empty-title">{title}</p>
                {(!text.is_empty()).then(|| view! { <p>{text}</p> }.into_any())}
            </div>
        }
        .into_any()
    })
}

/// Something is on its way. Appears only where that takes a moment.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="loading" aria-hidden="true">
            <span class="loading-line"></span>
            <span class="loading-line"></span>
            <span class="loading-line"></span>
        </div>
    }
}

/// The device cannot be read.
#[component]
fn Unreadable() -> impl IntoView {
    view! {
        <div class="empty" role="alert">
            <Icon name=IconName::Warning/>
            <p class="empty-title">{texts().unreadable}</p>
            <p>{texts().unreadable_help}</p>
        </div>
    }
}

/// Shows what a live query has found, or that it is not there yet or cannot be had.
pub fn loaded<T: Clone + 'static>(found: Live<T>, view: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
    let view = move || {
        let found = found.found();
        (matches!(found, Found::Reading), live::value(&found).map(&view))
    };
    shown(Box::new(view))
}

/// The same for what joins something that is shown already: until it is there, nothing moves.
pub fn joined<T: Clone + 'static>(found: Live<T>, view: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
    dynamic_option(move || found.get().map(&view))
}

/// Whether something is still being read, and how it looks once it is there.
type View = Box<dyn Fn() -> (bool, Option<AnyView>) + Send>;

/// Compiled once, whatever is shown.
fn shown(view: View) -> AnyView {
    dynamic(move || match view() {
        (true, _) => Loading().into_any(),
        (false, view) => view.unwrap_or_else(|| Unreadable().into_any()),
    })
}
