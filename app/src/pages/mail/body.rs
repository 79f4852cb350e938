//! What a mail says: HTML where it has some, else plain text; and its attachments.

use leptos::prelude::*;
use tornister_protocol::{
    id::EmailId,
    mail::{EmailBody, EmailBodyPart},
};
use tornister_sync::kind::Kind;

use super::{attachments::Attachments, html::HtmlBody, missing::Missing, plain::PlainBody};
use crate::{components::empty::loaded, data::School, platform::text};

/// Whether the text itself shows this part, so that it is not listed as well.
fn is_shown_inside(part: &EmailBodyPart, html: Option<&str>) -> bool {
    let Some((cid, html)) = part.cid.as_deref().zip(html) else { return false };
    part.disposition.as_deref() != Some("attachment") && text::contains(html, &format!("cid:{cid}"))
}

/// The body of a mail.
#[component]
pub fn Body(id: EmailId) -> impl IntoView {
    let school = School::expect();
    let found = school.live(&[Kind::EmailBody], {
        let id = id.clone();
        move |reader| {
            let id = id.clone();
            async move { reader.email_body(&id).await }
        }
    });
    loaded(found, move |body: Option<EmailBody>| {
        let Some(body) = body else {
            return view! { <Missing id=id.clone()/> }.into_any();
        };
        let html = body.safe_html.clone();
        let (inside, listed): (Vec<_>, Vec<_>) =
            body.attachments.iter().cloned().partition(|part| is_shown_inside(part, html.as_deref()));
        let text = match html {
            Some(html) => view! { <HtmlBody id=body.id.clone() html pictures=inside/> }.into_any(),
            None => view! { <PlainBody text=body.text()/> }.into_any(),
        };
        view! {
            {text}
            <Attachments id=body.id parts=listed/>
        }
        .into_any()
    })
}
