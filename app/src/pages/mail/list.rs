//! A folder's mails, newest first.

use leptos::prelude::*;
use tornister_protocol::{
    id::{EmailId, MailboxId},
    mail::Email,
};
use tornister_sync::kind::Kind;

use crate::{
    components::{
        empty::{Empty, loaded},
        icon::IconName,
        mail_row::MailRow,
    },
    data::School,
    i18n::texts,
};

/// So many are read at first, and with each wish for more.
const STEP: usize = 50;

/// The mails of a folder.
#[component]
pub fn MailList(mailbox: MailboxId, open: Memo<Option<EmailId>>, recipients: bool) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let limit = RwSignal::new(STEP);
    let today = Memo::new(move |_| school.now().get().date());
    let asked = mailbox.clone();
    let found = school.live(&[Kind::Email], move |reader| {
        let (mailbox, limit) = (asked.clone(), limit.get());
        // One more tells whether there are more.
        async move { Ok((reader.emails(&mailbox, None, limit + 1).await?, limit)) }
    });
    loaded(found, move |(emails, limit_read): (Vec<Email>, usize)| {
        if emails.is_empty() {
            return view! { <Empty icon=IconName::MailOpen title=t.folder_empty/> }.into_any();
        }
        let more = emails.len() > limit_read;
        let today = today.get();
        let rows = emails.into_iter().take(limit_read).map(|email| {
            let href = format!("/post/{mailbox}/{}", email.id);
            let id = email.id.clone();
            let current = Signal::derive(move || open.get().as_ref() == Some(&id));
            view! { <MailRow email today href recipients current/> }
        });
        view! {
            <ul class="mails card">{rows.collect_view()}</ul>
            {more.then(|| view! {
                <button type="button" class="button button--wide" on:click=move |_| limit.update(|limit| *limit += STEP)>
                    {t.older_mail}
                </button>
            }.into_any())}
        }
        .into_any()
    })
}
