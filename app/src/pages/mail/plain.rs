//! A plain-text mail: line breaks kept, links to tap, quotes folded away.

use leptos::prelude::*;

use crate::{
    components::icon::{Icon, IconName},
    i18n::texts,
    model::mail_text::{self, Inline, Part},
};

fn inlines(inlines: Vec<Inline>) -> Vec<AnyView> {
    let show = |inline| match inline {
        Inline::Text(text) => text.into_any(),
        Inline::Link(address) => {
            let href = address.clone();
            view! { <a href=href target="_blank" rel="noopener noreferrer">{address}</a> }.into_any()
        }
    };
    inlines.into_iter().map(show).collect()
}

/// The text.
#[component]
pub fn PlainBody(text: String) -> impl IntoView {
    let parts = mail_text::parts(&text).into_iter().map(|part| match part {
        Part::Own(words) => view! { <div class="prose">{inlines(words)}</div> }.into_any(),
        Part::Quoted(words) => view! {
            <details class="quote">
                <summary>
                    <Icon name=IconName::ChevronDown/>
                    {texts().quoted}
                </summary>
                <blockquote class="prose">{inlines(words)}</blockquote>
            </details>
        }
        .into_any(),
    });
    view! { <div class="message-text">{parts.collect_view()}</div> }
}
