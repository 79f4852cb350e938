//! An HTML mail, in a frame of its own that runs nothing. The server has made it inert; the frame
//! allows no scripts in case it had not, and our style sheet gives it our colours.

use std::rc::Rc;

use leptos::{html, prelude::*};
use tornister_protocol::{id::EmailId, mail::EmailBodyPart};

use crate::{
    components::{dynamic::dynamic, empty::Loading},
    data::School,
    i18n::{Language, language, texts},
    platform::{document, file::ObjectUrl, preferences, text},
};

/// The frame's document, and the pictures that it shows; they go when it does.
struct Page {
    source: String,
    _pictures: Vec<ObjectUrl>,
}

/// `language` is handed in: after waiting for pictures there is no view around to ask for it.
async fn page(
    school: School,
    language: Language,
    id: EmailId,
    mut html: String,
    mut parts: Vec<EmailBodyPart>,
) -> Page {
    // Longer names first: `cid:a` is the beginning of `cid:ab`.
    parts.sort_unstable_by_key(|part| std::cmp::Reverse(part.cid.as_ref().map_or(0, String::len)));
    let mut pictures = Vec::new();
    for part in parts {
        let Some(cid) = &part.cid else { continue };
        // A picture that cannot be had now shows its description.
        let Ok(bytes) = school.blob(&id, &part).await else { continue };
        if let Some(url) = ObjectUrl::new(&bytes, &part.media_type) {
            html = text::replace(&html, &format!("cid:{cid}"), url.as_str());
            pictures.push(url);
        }
    }
    let theme = preferences::appearance().name().unwrap_or("device");
    let source = format!(
        "<!doctype html><html lang=\"{}\" data-theme=\"{theme}\"><head><meta charset=\"utf-8\">\
         <base target=\"_blank\"><link rel=\"stylesheet\" href=\"/message.css\"></head><body>{html}</body></html>",
        language.tag(),
    );
    Page { source, _pictures: pictures }
}

/// The mail's text as its author laid it out.
#[component]
pub fn HtmlBody(id: EmailId, html: String, pictures: Vec<EmailBodyPart>) -> impl IntoView {
    let school = School::expect();
    let made = RwSignal::new_local(None::<Rc<Page>>);
    let language = language();
    leptos::task::spawn_local(async move {
        let page = page(school, language, id, html, pictures).await;
        // The reader may have left meanwhile.
        let _ = made.try_set(Some(Rc::new(page)));
    });
    let frame = NodeRef::<html::Iframe>::new();
    let fit = move || {
        if let Some(frame) = frame.get_untracked() {
            document::fit_to_content(&frame);
        }
    };
    let listener = StoredValue::new_local(document::on_window("resize", fit));
    on_cleanup(move || listener.dispose());
    dynamic(move || match made.get() {
        None => Loading().into_any(),
        Some(page) => view! {
            <iframe
                class="message-frame"
                node_ref=frame
                title=texts().mail_text
                sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
                srcdoc=page.source.clone()
                on:load=move |_| fit()
            ></iframe>
        }
        .into_any(),
    })
}
