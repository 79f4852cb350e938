//! A part of this screen under a heading, with the way to the whole of it.

use leptos::prelude::*;

use crate::components::icon::{Icon, IconName};

/// Heading and link, and what is under them.
#[component]
pub fn Section(
    /// The id of its heading.
    id: &'static str,
    #[prop(into)] title: String,
    /// Where all of it is.
    #[prop(into)]
    href: String,
    /// What the link says.
    link: &'static str,
    #[prop(default = "card")] class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=class aria-labelledby=id>
            <div class="section-head">
                <h2 id=id>{title}</h2>
                <a class="section-link" href=href>
                    {link}
                    <Icon name=IconName::ChevronRight/>
                </a>
            </div>
            {children()}
        </section>
    }
}
