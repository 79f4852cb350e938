//! A mail's attachments: to open, or to save on the device.

use leptos::prelude::*;
use tornister_protocol::{id::EmailId, mail::EmailBodyPart};

use crate::{
    components::icon::{Icon, IconName},
    data::{FetchError, School},
    i18n::{language, texts},
    platform::{file, intl},
};

/// What to do with an attachment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Open,
    Save,
}

/// Where a wish stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    None,
    Fetching,
    Refused(FetchError),
}

/// All attachments.
#[component]
pub fn Attachments(id: EmailId, parts: Vec<EmailBodyPart>) -> impl IntoView {
    let t = texts();
    (!parts.is_empty()).then(|| {
        let rows = parts.into_iter().map(|part| view! { <Attachment id=id.clone() part/> }).collect_view();
        view! {
            <section class="attachments">
                <h3>{t.attachments}</h3>
                <ul>{rows}</ul>
            </section>
        }
    })
}

#[component]
fn Attachment(id: EmailId, part: EmailBodyPart) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let progress = RwSignal::new(Progress::None);
    let name = part.name.clone().unwrap_or_else(|| t.unnamed_file.to_owned());
    let size = intl::size(language(), part.size);
    let icon = if part.media_type.starts_with("image/") { IconName::Image } else { IconName::File };
    let usual = if file::can_be_shown(&part.media_type) { Wish::Open } else { Wish::Save };
    let save_label = (t.save_file)(&name);
    let shown_name = name.clone();
    let fulfil = move |wish| {
        if progress.get_untracked() == Progress::Fetching {
            return;
        }
        progress.set(Progress::Fetching);
        let (id, part, name) = (id.clone(), part.clone(), name.clone());
        leptos::task::spawn_local(async move {
            let outcome = school.blob(&id, &part).await;
            if let Ok(bytes) = &outcome {
                match wish {
                    Wish::Open => file::show(bytes, &part.media_type),
                    Wish::Save => file::save(bytes, &part.media_type, &name),
                }
            }
            // The reader may have left meanwhile.
            let _ = progress.try_set(outcome.err().map_or(Progress::None, Progress::Refused));
        });
    };
    let fulfil_usual = fulfil.clone();
    let words = move || match progress.get() {
        Progress::None => None,
        Progress::Fetching => Some(t.fetching),
        Progress::Refused(FetchError::Offline) => Some(t.attachment_offline),
        Progress::Refused(FetchError::Failed) => Some(t.attachment_failed),
    };
    view! {
        <li class="attachment">
            <button type="button" class="attachment-open" on:click=move |_| fulfil_usual(usual)>
                <Icon name=icon/>
                <span class="attachment-what">
                    <span class="attachment-name">{shown_name}</span>
                    <span class="attachment-size">{size}</span>
                </span>
            </button>
            {(usual == Wish::Open).then(|| view! {
                <button type="button" class="icon-button" aria-label=save_label on:click=move |_| fulfil(Wish::Save)>
                    <Icon name=IconName::Download/>
                </button>
            }.into_any())}
            <p class="attachment-news" role="status">{words}</p>
        </li>
    }
}
