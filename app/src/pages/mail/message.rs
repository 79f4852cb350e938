//! One mail: who, when, what, and the conversation around it. Opening it marks it as read.

use leptos::prelude::*;
use tornister_protocol::{
    id::{EmailId, MailboxId},
    mail::{Email, EmailAddress, keyword},
};
use tornister_sync::kind::Kind;

use super::body::Body;
use crate::{
    components::{
        empty::{Empty, loaded},
        heading::DetailTitle,
        icon::{Icon, IconName},
        mail_row::{self, ParentsBadge},
        split::Back,
    },
    data::{Live, School},
    i18n::{language, texts},
    navigation::Navigation,
};

/// A mail and its conversation.
#[component]
pub fn Message(id: EmailId, mailbox: MailboxId) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let asked = id.clone();
    let found = school.live(&[Kind::Email], move |reader| {
        let id = asked.clone();
        async move {
            let Some(email) = reader.email(&id).await? else { return Ok(None) };
            let thread = reader.thread(&email.thread_id).await?;
            Ok(Some((email, thread)))
        }
    });
    mark_as_read(school, found);
    let back = format!("/post/{mailbox}");
    let heading = Memo::new(move |_| found.get().flatten().map(|(email, _)| mail_row::subject(&email)));
    let head = loaded(found, move |found| match found {
        None => view! { <Empty icon=IconName::Mail title=t.mail_gone/> }.into_any(),
        Some((email, thread)) => view! { <Head email thread mailbox=mailbox.clone()/> }.into_any(),
    });
    view! {
        <Back href=back.clone() label=t.back/>
        <article class="detail message">
            {move || heading.get().map(|title| view! { <DetailTitle title/> })}
            {head}
            <Body id=id.clone()/>
            <Actions id back/>
        </article>
    }
}

type Found = Live<Option<(Email, Vec<Email>)>>;

fn mark_as_read(school: School, found: Found) {
    // Once: somebody may mark it as unread again while it is open in another tab.
    let marked = StoredValue::new(false);
    Effect::new(move || {
        let Some((email, _)) = found.get().flatten() else { return };
        if !marked.get_value() {
            marked.set_value(true);
            if !email.is_seen() {
                school.set_keyword(&email.id, keyword::SEEN, true);
            }
        }
    });
}

#[component]
fn Head(email: Email, thread: Vec<Email>, mailbox: MailboxId) -> impl IntoView {
    let t = texts();
    let school = School::expect();
    let names = |people: &Option<Vec<EmailAddress>>| {
        people.iter().flatten().map(|person| person.display_name().to_owned()).collect::<Vec<_>>().join(", ")
    };
    let from = email.from.iter().flatten().next().cloned();
    let (to, cc) = (names(&email.to), names(&email.cc));
    let today = untrack(|| school.now()).date();
    let others: Vec<_> = thread
        .into_iter()
        .filter(|other| other.id != email.id)
        .map(|other| {
            let href = format!("/post/{mailbox}/{}", other.id);
            view! {
                <li>
                    <a class="thread-link" href=href>
                        <span class="thread-who">{mail_row::people(&other, false)}</span>
                        <span class="thread-preview">{other.preview.clone()}</span>
                        <span class="mail-when">{language().moment(other.received_at, today)}</span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    let conversation = (!others.is_empty()).then(|| {
        view! {
            <details class="thread">
                <summary>
                    <Icon name=IconName::ChevronDown/>
                    {(t.conversation)(others.len() + 1)}
                </summary>
                <ol>{others}</ol>
            </details>
        }
    });
    view! {
        {mail_row::is_for_parents(&email).then(|| view! {
            <p class="parents-note">
                <ParentsBadge/>
                {t.pass_on}
            </p>
        }.into_any())}
        <dl class="message-people">
            <div>
                <dt class="visually-hidden">{t.from}</dt>
                <dd class="message-from">
                    {from.map(|from| view! {
                        <span class="message-name">{from.display_name().to_owned()}</span>
                        {from.name.is_some().then(|| view! { <span class="message-address">{from.email.clone()}</span> }.into_any())}
                    }.into_any())}
                </dd>
            </div>
            {(!to.is_empty()).then(|| view! { <div><dt>{t.to}</dt><dd>{to}</dd></div> }.into_any())}
            {(!cc.is_empty()).then(|| view! { <div><dt>{t.cc}</dt><dd>{cc}</dd></div> }.into_any())}
            <div>
                <dt class="visually-hidden">{t.received}</dt>
                <dd>{language().moment_in_full(email.received_at)}</dd>
            </div>
        </dl>
        {conversation}
    }
}

#[component]
fn Actions(id: EmailId, back: String) -> impl IntoView {
    let school = School::expect();
    let navigation = Navigation::expect();
    let mark_unread = move |_| {
        school.set_keyword(&id, keyword::SEEN, false);
        navigation.go(&back);
    };
    view! {
        <div class="actions">
            <button type="button" class="button" on:click=mark_unread>
                <Icon name=IconName::Mail/>
                {texts().mark_unread}
            </button>
        </div>
    }
}
