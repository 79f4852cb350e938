//! Post: folders, their mails, and one mail with its conversation.

mod attachments;
mod body;
mod folders;
mod html;
mod list;
mod message;
mod missing;
mod plain;

use leptos::prelude::*;
use tornister_protocol::{
    id::MailboxId,
    mail::{Mailbox, role},
};
use tornister_sync::kind::Kind;

use crate::{components::split::Split, data::School, i18n::texts, navigation::Navigation, route::Route};

/// The folder that is shown: the one in the address, else the inbox.
fn chosen(mailboxes: &[Mailbox], id: Option<&MailboxId>) -> Option<Mailbox> {
    let is_chosen = |mailbox: &&Mailbox| match id {
        Some(id) => mailbox.id == *id,
        None => mailbox.role.as_deref() == Some(role::INBOX),
    };
    mailboxes.iter().find(is_chosen).or(mailboxes.first().filter(|_| id.is_none())).cloned()
}

/// Whether a folder's mails are the reader's own, so that lists name the recipients.
fn is_own(mailbox: &Mailbox) -> bool {
    matches!(mailbox.role.as_deref(), Some(role::SENT | role::DRAFTS))
}

/// Post.
#[component]
pub fn MailPage() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let navigation = Navigation::expect();
    let asked = navigation.part(|route| match route {
        Route::Mail { mailbox, .. } => Some(mailbox.clone()),
        _ => None,
    });
    let open = navigation.part(|route| match route {
        Route::Mail { email, .. } => Some(email.clone()),
        _ => None,
    });
    let mailboxes = school.live(&[Kind::Mailbox], move |reader| school.mailboxes(reader));
    let mailbox = Memo::new(move |_| {
        let mailboxes = mailboxes.get()?;
        chosen(&mailboxes, asked.get().as_ref())
    });
    // Where the reader is, even before the folders are read.
    let mailbox_id = Memo::new(move |_| {
        let known = mailbox.with(|mailbox| mailbox.as_ref().map(|mailbox| mailbox.id.clone()));
        known.or_else(|| asked.get())
    });
    // Asked for by itself: a mail that was read changes the folder, and leaves the list as it is.
    let own = Memo::new(move |_| mailbox.with(|mailbox| mailbox.as_ref().is_some_and(is_own)));
    let detail = move || match (open.get(), mailbox_id.get()) {
        (Some(id), Some(mailbox)) => view! { <message::Message id mailbox/> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <Split title=t.tab_mail open=Memo::new(move |_| open.get().is_some()) hint=t.choose_mail detail>
            <folders::Folders mailboxes current=mailbox/>
            {move || {
                let recipients = own.get();
                mailbox_id.get().map(|mailbox| view! { <list::MailList mailbox open recipients/> }.into_any())
            }}
        </Split>
    }
}
