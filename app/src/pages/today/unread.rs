//! Unread mail, what is meant for the parents first (R3).

use leptos::prelude::*;
use tornister_protocol::{
    id::MailboxId,
    mail::{Email, Mailbox, role},
};
use tornister_sync::kind::Kind;

use super::{Day, section::Section};
use crate::{
    components::{
        empty::{Empty, loaded},
        icon::IconName,
        mail_row::{MailRow, is_for_parents},
    },
    data::School,
    i18n::texts,
};

/// So many are looked through for one that is meant for the parents.
const LOOKED_AT: usize = 50;
/// So many are shown.
const SHOWN: usize = 3;

/// Folders whose unread mail is no news.
fn is_news(email: &Email, mailboxes: &[Mailbox]) -> bool {
    let quiet = |mailbox: &Mailbox| {
        matches!(mailbox.role.as_deref(), Some(role::TRASH | role::JUNK | role::DRAFTS | role::SENT))
    };
    let in_quiet = |id: &MailboxId| mailboxes.iter().any(|mailbox| mailbox.id == *id && quiet(mailbox));
    !email.mailbox_ids.keys().all(in_quiet)
}

/// The address of a mail within a folder that it is in.
fn address(email: &Email) -> String {
    let mailbox = email.mailbox_ids.keys().next().map(MailboxId::as_str).unwrap_or_default();
    format!("/post/{mailbox}/{}", email.id)
}

/// The first unread mails.
#[component]
pub fn Unread(day: Day) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let unread = school.live(&[Kind::Email, Kind::Mailbox], move |reader| async move {
        let mailboxes = school.mailboxes(reader.clone()).await?;
        let mut emails = reader.unread_emails(LOOKED_AT).await?;
        emails.retain(|email| is_news(email, &mailboxes));
        let (for_parents, others): (Vec<_>, Vec<_>) = emails.into_iter().partition(is_for_parents);
        Ok([for_parents, others].concat())
    });
    let list = loaded(unread, move |emails| {
        if emails.is_empty() {
            return view! { <Empty icon=IconName::MailOpen title=t.no_unread/> }.into_any();
        }
        let more = emails.len().saturating_sub(SHOWN);
        let today = day.today.get();
        let rows = emails.into_iter().take(SHOWN).map(|email| {
            let href = address(&email);
            view! { <MailRow email today href/> }
        });
        view! {
            <ul class="mails">{rows.collect_view()}</ul>
            {(more > 0).then(|| view! { <p class="section-rest">{(t.more_unread)(more)}</p> }.into_any())}
        }
        .into_any()
    });
    view! {
        <Section id="unread-title" title=t.new_mail href="/post" link=t.all>
            {list}
        </Section>
    }
}
