//! A screen's heading: it names the tab, and after a change of screen it takes the focus, so that a
//! screen reader says where the reader now is.

use leptos::{html, prelude::*};

use crate::platform::document;

/// Whether a screen has been shown before: the first one leaves the focus alone.
#[derive(Clone, Copy)]
pub struct Arrival(StoredValue<bool>);

impl Arrival {
    /// Nothing has been shown yet.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new(false))
    }

    fn is_first(self) -> bool {
        let shown = self.0.get_value();
        self.0.set_value(true);
        !shown
    }
}

fn announce<E>(node: NodeRef<E>)
where
    E: html::ElementType + 'static,
    E::Output: Clone + AsRef<web_sys::HtmlElement> + wasm_bindgen::JsCast + 'static,
{
    let arrival = expect_context::<Arrival>();
    node.on_load(move |heading| {
        if !arrival.is_first() {
            document::focus(heading.as_ref());
        }
    });
}

/// The heading of a screen.
#[component]
pub fn PageTitle(
    #[prop(into)] title: String,
    #[prop(default = "page-title")] class: &'static str,
) -> impl IntoView {
    let node = NodeRef::<html::H1>::new();
    document::set_title(&format!("{title} · Tornister"));
    announce(node);
    view! { <h1 class=class tabindex="-1" node_ref=node>{title}</h1> }
}

/// The heading of one thing beside or in place of its list. The tab keeps the list's name: browsers
/// write the names of tabs into their history, where a mail's subject would outlive the logout.
#[component]
pub fn DetailTitle(#[prop(into)] title: String) -> impl IntoView {
    let node = NodeRef::<html::H2>::new();
    announce(node);
    view! { <h2 class="detail-title" tabindex="-1" node_ref=node>{title}</h2> }
}
