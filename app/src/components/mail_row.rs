//! A mail in a list.

use leptos::prelude::*;
use tornister_protocol::{
    id::EmailId,
    mail::{Email, keyword},
    time::LocalDate,
};

use super::icon::{Icon, IconName};
use crate::i18n::{language, texts};

/// So many characters of a mail's beginning fill the widest row; a browser measures all that it gets, also what
/// nobody sees.
const GLIMPSE: usize = 140;

/// Who wrote it, or to whom where the reader did.
#[must_use]
pub fn people(email: &Email, recipients: bool) -> String {
    let people = if recipients { &email.to } else { &email.from };
    let names: Vec<&str> = people.iter().flatten().map(|person| person.display_name()).collect();
    if names.is_empty() { texts().nobody.to_owned() } else { names.join(", ") }
}

/// A mail's subject, or words for none.
#[must_use]
pub fn subject(email: &Email) -> String {
    let subject = email.subject.as_deref().map(str::trim).filter(|it| !it.is_empty());
    subject.unwrap_or(texts().no_subject).to_owned()
}

/// Whether it is meant for the parents (R3).
#[must_use]
pub fn is_for_parents(email: &Email) -> bool {
    email.keywords.contains_key(keyword::FOR_PARENTS)
}

/// Says that a mail is meant for the parents.
#[component]
pub fn ParentsBadge() -> impl IntoView {
    view! {
        <span class="badge badge--parents">
            <Icon name=IconName::Users/>
            {texts().for_parents}
        </span>
    }
}

/// One mail.
#[component]
pub fn MailRow(
    email: Email,
    today: LocalDate,
    /// Where it opens.
    href: String,
    /// Whether to name the recipients, as in the folder of what was sent.
    #[prop(default = false)]
    recipients: bool,
    /// Which one is open beside the list.
    #[prop(optional)]
    open: Option<Memo<Option<EmailId>>>,
) -> impl IntoView {
    let t = texts();
    let unread = !email.is_seen() && !email.keywords.contains_key(keyword::DRAFT);
    let for_parents = is_for_parents(&email);
    let glimpse: String = email.preview.chars().take(GLIMPSE).collect();
    let id = email.id.clone();
    let current = open.map(|open| move || (open.get().as_ref() == Some(&id)).then_some("true"));
    view! {
        <li class=if unread { "mail mail--unread" } else { "mail" } role="listitem">
            <a class="mail-link" href=href aria-current=current>
                <span class="mail-top">
                    <span class="mail-who">
                        {unread.then(|| view! { <span class="visually-hidden">{t.unread} ": "</span> }.into_any())}
                        {people(&email, recipients)}
                    </span>
                    <span class="mail-when">{language().moment(email.received_at, today)}</span>
                </span>
                <span class="mail-subject">{subject(&email)}</span>
                <span class="mail-preview">{glimpse}</span>
                {(for_parents || email.has_attachment).then(|| view! {
                    <span class="mail-badges">
                        {for_parents.then(|| view! { <ParentsBadge/> })}
                        {email.has_attachment.then(|| view! {
                            <span class="badge">
                                <Icon name=IconName::Paperclip/>
                                {t.attachment}
                            </span>
                        }.into_any())}
                    </span>
                }.into_any())}
            </a>
        </li>
    }
}
