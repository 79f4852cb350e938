//! A screen's heading: it names the tab, and after a change of screen it takes the focus, so that a
//! screen reader says where the reader now is. One that is not on the page does neither.

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

fn announce<E>(node: NodeRef<E>, title: Option<String>)
where
    E: html::ElementType + 'static,
    E::Output: Clone + AsRef<web_sys::HtmlElement> + wasm_bindgen::JsCast + 'static,
{
    let arrival = expect_context::<Arrival>();
    node.on_load(move |heading| {
        let heading: &web_sys::HtmlElement = heading.as_ref();
        if !heading.is_connected() {
            return;
        }
        if let Some(title) = title {
            document::set_title(&format!("{title} · Tornister"));
        }
        if !arrival.is_first() {
            let heading = heading.clone();
            // Browsers lay a page out before they move the focus: here that is done already.
            document::after_frame(move || document::focus(&heading));
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
    announce(node, Some(title.clone()));
    view! { <h1 class=class tabindex="-1" node_ref=node>{title}</h1> }
}

/// The heading of one thing beside or in place of its list. The tab keeps the list's name: browsers
/// write the names of tabs into their history, where a mail's subject would outlive the logout.
#[component]
pub fn DetailTitle(#[prop(into)] title: String) -> impl IntoView {
    let node = NodeRef::<html::H2>::new();
    announce(node, None);
    view! { <h2 class="detail-title" tabindex="-1" node_ref=node>{title}</h2> }
}
