//! A folder's mails, newest first. Only those near the screen are built, however long the folder is: the
//! list is cut into blocks, and a block that is far away keeps its height and nothing else.

use leptos::{html::Ul, prelude::*};
use tornister_protocol::{
    id::{EmailId, MailboxId},
    mail::Email,
    time::LocalDate,
};
use tornister_sync::{kind::Kind, read::MailPlace};

use crate::{
    components::{
        dynamic::dynamic,
        empty::{Empty, loaded},
        icon::IconName,
        mail_row::MailRow,
    },
    data::School,
    i18n::texts,
    platform::sight::Sight,
};

/// Mails in a block: few enough to be built within a frame.
const STEP: usize = 12;
/// A block that has grown so much, because that much is new, is cut anew.
const MOST: usize = 5 * STEP;
/// A row's usual height in CSS pixels, for blocks that nobody has seen yet.
const ROW_HEIGHT: usize = 88;

/// A part of the list. Its ends stay where they are whatever comes or goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Block {
    /// It begins behind this mail; the first block begins with the newest.
    after: Option<MailPlace>,
    /// It ends with this mail; the last block's end is not known yet.
    until: Option<MailPlace>,
}

/// What all blocks of a list share.
#[derive(Clone, Copy)]
struct List {
    mailbox: StoredValue<MailboxId>,
    blocks: RwSignal<Vec<Block>>,
    /// How often it was cut anew.
    round: RwSignal<u32>,
    open: Memo<Option<EmailId>>,
    today: Memo<LocalDate>,
    recipients: bool,
}

/// The mails of a folder.
#[component]
pub fn MailList(mailbox: MailboxId, open: Memo<Option<EmailId>>, recipients: bool) -> impl IntoView {
    let school = School::expect();
    let list = List {
        mailbox: StoredValue::new(mailbox),
        blocks: RwSignal::new(vec![Block::default()]),
        round: RwSignal::new(0),
        open,
        today: Memo::new(move |_| school.now().get().date()),
        recipients,
    };
    view! {
        <div class="mails card">
            <For
                each=move || {
                    let round = list.round.get();
                    (0..list.blocks.with(Vec::len)).map(move |number| (round, number))
                }
                key=|key| *key
                let((_, number))
            >
                <MailBlock list number/>
            </For>
        </div>
    }
}

#[component]
fn MailBlock(list: List, number: usize) -> impl IntoView {
    let block =
        Memo::new(move |_| list.blocks.with(|blocks| blocks.get(number).cloned().unwrap_or_default()));
    let element = NodeRef::<Ul>::new();
    let near = RwSignal::new(number == 0);
    let there = RwSignal::new(false);
    let height = StoredValue::new(if number == 0 { 0 } else { STEP * ROW_HEIGHT }.to_string());
    let sight = StoredValue::new_local(None);
    Effect::new(move || {
        let Some(element) = element.get() else { return };
        sight.set_value(Sight::of(&element, move |is_near, pixels| {
            if !is_near && there.get_untracked() {
                height.set_value(pixels.to_string());
                there.set(false);
            }
            if near.get_untracked() != is_near {
                near.set(is_near);
            }
        }));
    });
    let style = move || {
        if there.get() { String::new() } else { format!("min-block-size:{}px", height.get_value()) }
    };
    view! {
        <ul class="mail-block" node_ref=element style=style>
            {dynamic(move || if near.get() { rows(list, number, block, there) } else { ().into_any() })}
        </ul>
    }
}

/// The rows of a block that is near, live.
fn rows(list: List, number: usize, block: Memo<Block>, there: RwSignal<bool>) -> AnyView {
    let school = School::expect();
    let found = school.live(&[Kind::Email], move |reader| {
        let mailbox = list.mailbox.get_value();
        let Block { after, until } = block.get();
        let limit = if until.is_some() { MOST + 1 } else { STEP };
        async move { reader.emails_between(&mailbox, after.as_ref(), until.as_ref(), limit).await }
    });
    // Most changes concern other mails: the same rows are not built again.
    let emails = Memo::new(move |_| found.get());
    Effect::new(move || {
        emails.with(|emails| {
            let Some(emails) = emails else { return };
            there.set(true);
            cut(list, number, emails);
        });
    });
    dynamic(move || {
        let Some(emails) = emails.get() else { return loaded(found, |_: Vec<Email>| ().into_any()) };
        if emails.is_empty() && number == 0 && block.with_untracked(|block| block.until.is_none()) {
            return view! { <Empty icon=IconName::MailOpen title=texts().folder_empty/> }.into_any();
        }
        let today = list.today.get();
        let mailbox = list.mailbox.get_value();
        let rows = emails.into_iter().map(|email| {
            let href = format!("/post/{mailbox}/{}", email.id);
            let id = email.id.clone();
            let current = Signal::derive(move || list.open.get().as_ref() == Some(&id));
            view! { <MailRow email today href recipients=list.recipients current/> }
        });
        rows.collect_view().into_any()
    })
}

/// Ends the last block where it is full, and begins the next one behind it; begins anew where the first
/// has grown too long.
fn cut(list: List, number: usize, emails: &[Email]) {
    if emails.len() > MOST {
        list.blocks.set(vec![Block::default()]);
        list.round.update(|round| *round += 1);
        return;
    }
    let is_last = list.blocks.with_untracked(|blocks| blocks.len() == number + 1);
    if let (true, Some(last)) = (is_last && emails.len() >= STEP, emails.last()) {
        let end = Some(MailPlace::of(last));
        list.blocks.update(|blocks| {
            if let Some(block) = blocks.last_mut() {
                block.until.clone_from(&end);
            }
            blocks.push(Block { after: end, until: None });
        });
    }
}
