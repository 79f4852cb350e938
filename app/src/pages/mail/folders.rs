//! The folders, behind the name of the one that is shown.

use leptos::prelude::*;
use tornister_protocol::mail::{Mailbox, role};

use crate::{
    components::icon::{Icon, IconName},
    data::Live,
    i18n::texts,
};

/// A folder's name: the well-known ones in the reader's language.
#[must_use]
pub fn name(mailbox: &Mailbox) -> String {
    let t = texts();
    let well_known = match mailbox.role.as_deref() {
        Some(role::INBOX) => t.inbox,
        Some(role::DRAFTS) => t.drafts,
        Some(role::SENT) => t.sent,
        Some(role::TRASH) => t.trash,
        Some(role::JUNK) => t.junk,
        Some(role::ARCHIVE) => t.archive,
        _ => return mailbox.name.clone(),
    };
    well_known.to_owned()
}

fn icon(mailbox: &Mailbox) -> IconName {
    match mailbox.role.as_deref() {
        Some(role::INBOX) => IconName::Inbox,
        Some(role::DRAFTS) => IconName::Draft,
        Some(role::SENT) => IconName::Sent,
        Some(role::TRASH) => IconName::Trash,
        Some(role::JUNK) => IconName::Spam,
        Some(role::ARCHIVE) => IconName::Archive,
        _ => IconName::Folder,
    }
}

fn unread(mailbox: &Mailbox) -> Option<AnyView> {
    let quiet = matches!(mailbox.role.as_deref(), Some(role::TRASH | role::JUNK | role::SENT | role::DRAFTS));
    let count = mailbox.unread_emails;
    (count > 0 && !quiet).then(|| {
        view! {
            <span class="count">
                {count}
                <span class="visually-hidden">" " {texts().unread}</span>
            </span>
        }
        .into_any()
    })
}

/// The folder that is shown; a tap lists the others.
#[component]
pub fn Folders(mailboxes: Live<Vec<Mailbox>>, current: Memo<Option<Mailbox>>) -> impl IntoView {
    let t = texts();
    let expanded = RwSignal::new(false);
    // Built when they are asked for: mostly nobody does.
    let entries = move || {
        if !expanded.get() {
            return Vec::new();
        }
        let shown = current.get().map(|mailbox| mailbox.id);
        let all = mailboxes.get().unwrap_or_default();
        let entries = all.into_iter().map(|mailbox| {
            let here = shown.as_ref() == Some(&mailbox.id);
            view! {
                <li>
                    <a
                        class="folder"
                        href=format!("/post/{}", mailbox.id)
                        aria-current=here.then_some("true")
                        on:click=move |_| expanded.set(false)
                    >
                        <Icon name=icon(&mailbox)/>
                        <span class="folder-name">{name(&mailbox)}</span>
                        {unread(&mailbox)}
                    </a>
                </li>
            }
            .into_any()
        });
        entries.collect()
    };
    view! {
        <nav class="folders" aria-label=t.folders>
            <button
                type="button"
                class="folder folder--current"
                aria-expanded=move || expanded.get().to_string()
                aria-controls="folder-list"
                on:click=move |_| expanded.update(|expanded| *expanded = !*expanded)
            >
                {move || current.get().map(|mailbox| view! {
                    <Icon name=icon(&mailbox)/>
                    <span class="folder-name">{name(&mailbox)}</span>
                    {unread(&mailbox)}
                }.into_any())}
                <span class="visually-hidden">{t.other_folders}</span>
                <Icon name=IconName::ChevronDown/>
            </button>
            <ul id="folder-list" class="folder-list" hidden=move || !expanded.get()>{entries}</ul>
        </nav>
    }
}
