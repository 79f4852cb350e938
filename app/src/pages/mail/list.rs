//! A folder's mails, newest first. The list grows towards its end as the reader comes near it, a few rows in a
//! frame, so that it never jerks.

use std::rc::Rc;

use leptos::{html, mount::mount_to, prelude::*};
use tornister_protocol::{
    id::{EmailId, MailboxId},
    mail::Email,
};
use tornister_sync::kind::Kind;

use crate::{
    components::{
        dynamic::dynamic_option,
        empty::{Empty, joined, loaded},
        icon::IconName,
        mail_row::MailRow,
    },
    data::School,
    i18n::texts,
    platform::document,
};

/// So many rows come first: a screen full of them.
const FIRST: usize = 10;
/// So many come at once as the list grows: what a slow phone builds and paints in a frame.
const STEP: usize = 5;
/// The list grows while its end is nearer than this to the top of the screen, in CSS pixels.
const NEAR: f64 = 2_500.0;

type Act = Rc<dyn Fn()>;

/// What is at the end of the list.
#[derive(Clone, PartialEq)]
enum End {
    /// It is being read.
    Reading,
    /// There may be more after this mail.
    More(Box<Email>),
    /// That was all.
    Reached,
    /// The folder is empty.
    Empty,
}

/// The mails of a folder.
#[component]
pub fn MailList(mailbox: MailboxId, open: Memo<Option<EmailId>>, recipients: bool) -> impl IntoView {
    let t = texts();
    let end = RwSignal::new(End::Reading);
    let (list, button) = (NodeRef::<html::Div>::new(), NodeRef::<html::Button>::new());
    let owner = Owner::current().unwrap_or_default();
    // The blocks after the first, and where the last one ends once another follows.
    let blocks = StoredValue::new_local(Vec::new());
    let first_until = StoredValue::new(None);
    let last_until = StoredValue::new(first_until);
    // One block is read at a time.
    let is_asked = StoredValue::new(true);
    let reached = move |last: End| {
        let _ = is_asked.try_set_value(false);
        let _ = end.try_set(last);
    };
    let first = block(mailbox.clone(), (None, first_until), reached, (open, recipients));
    let more: Act = Rc::new(move || {
        let (Some(list), Some(End::More(after)), Some(false)) =
            (list.try_get_untracked().flatten(), end.try_get_untracked(), is_asked.try_get_value())
        else {
            return;
        };
        is_asked.set_value(true);
        let after = *after;
        last_until.get_value().set_value(Some(after.clone()));
        owner.with(|| {
            let until = StoredValue::new(None);
            last_until.set_value(until);
            let mailbox = mailbox.clone();
            let block = move || block(mailbox, (Some(after), until), reached, (open, recipients));
            blocks.update_value(|blocks| blocks.push(mount_to((*list).clone(), block)));
        });
    });
    let when_near = Rc::clone(&more);
    // A frame later the reader may be elsewhere.
    let look: Act = Rc::new(move || {
        let is_near = |button: web_sys::HtmlButtonElement| {
            button.is_connected() && button.get_bounding_client_rect().top() < NEAR
        };
        if button.try_get_untracked().flatten().is_some_and(is_near) {
            when_near();
        }
    });
    let scrolled = Rc::clone(&look);
    // Ends with this view.
    StoredValue::new_local(document::on_window("scroll", move || scrolled()));
    let more = StoredValue::new_local(more);
    let looks = StoredValue::new_local(look);
    Effect::new(move |_| {
        if matches!(end.get(), End::More(_)) {
            let look = looks.get_value();
            document::after_frame(move || look());
        }
    });
    // The button stays where it is while rows come in before it.
    let has_more = Memo::new(move |_| end.with(|end| matches!(end, End::More(_))));
    let is_empty = Memo::new(move |_| end.with(|end| *end == End::Empty));
    view! {
        <div class="mails card" role="list" node_ref=list>{first}</div>
        {dynamic_option(move || {
            is_empty.get().then(|| view! { <Empty icon=IconName::MailOpen title=t.folder_empty/> }.into_any())
        })}
        {dynamic_option(move || {
            has_more.get().then(|| {
                view! {
                    <button type="button" class="button button--wide" node_ref=button on:click=move |_| more.get_value()()>
                        {t.older_mail}
                    </button>
                }
                .into_any()
            })
        })}
    }
}

/// Some rows: those after a mail, and until one as soon as others follow. So a mail that comes or goes moves
/// none from one block to the next.
fn block(
    mailbox: MailboxId,
    (after, until): (Option<Email>, StoredValue<Option<Email>>),
    reached: impl Fn(End) + Copy + Send + 'static,
    (open, recipients): (Memo<Option<EmailId>>, bool),
) -> AnyView {
    let school = School::expect();
    let today = Memo::new(move |_| school.now().date());
    let is_first = after.is_none();
    let most = if is_first { FIRST } else { STEP };
    let asked = mailbox.clone();
    let found = school.live(&[Kind::Email], move |reader| {
        let (mailbox, after, until) = (asked.clone(), after.clone(), until.get_value());
        async move {
            match (&after, &until) {
                (None, None) => school.first_mails(reader, mailbox, most).await,
                _ => reader.emails(&mailbox, after.as_ref(), until.as_ref(), most).await,
            }
        }
    });
    let rows = move |emails: Vec<Email>| {
        if until.with_value(Option::is_none) {
            reached(match emails.last() {
                Some(last) if emails.len() == most => End::More(Box::new(last.clone())),
                None if is_first => End::Empty,
                _ => End::Reached,
            });
        }
        let today = today.get();
        let rows = emails.into_iter().map(|email| {
            let href = format!("/post/{mailbox}/{}", email.id);
            view! { <MailRow email today href recipients open/> }
        });
        let rows = rows.collect_view();
        // To a browser a box of its own, which it need not lay out again; to a screen reader part of the list.
        (!rows.is_empty()).then(|| view! { <ul class="mail-block" role="none">{rows}</ul> }).into_any()
    };
    if is_first { loaded(found, rows) } else { joined(found, rows) }
}
