//! A list and one thing of it: one after the other on a phone, side by side where there is room.

use leptos::prelude::*;

use super::{
    heading::PageTitle,
    icon::{Icon, IconName},
};

/// The list, and the thing where one is open.
#[component]
pub fn Split(
    /// The list's heading.
    #[prop(into)]
    title: String,
    /// Whether one thing is open.
    open: Memo<bool>,
    /// What is said beside the list where nothing is open.
    hint: &'static str,
    /// The list.
    children: Children,
    /// The open thing.
    #[prop(into)]
    detail: ViewFn,
) -> impl IntoView {
    view! {
        <div class=move || if open.get() { "split split--open" } else { "split" }>
            <div class="split-list">
                <PageTitle title=title/>
                {children()}
            </div>
            <section class="split-detail">
                {move || {
                    if open.get() { detail.run() } else { view! { <p class="split-hint">{hint}</p> }.into_any() }
                }}
            </section>
        </div>
    }
}

/// The way back to the list, where that is not beside it.
#[component]
pub fn Back(#[prop(into)] href: String, label: &'static str) -> impl IntoView {
    view! {
        <a class="back" href=href>
            <Icon name=IconName::ChevronLeft/>
            {label}
        </a>
    }
}
