//! Mailboxes and mails.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tornister_formats::{
    mime::Message,
    school::{MailItem, School},
};
use tornister_protocol::mail::{Mailbox, MailboxRights, keyword, role};

use super::sources::FOLDER;
use crate::backend::{
    BackendError, Kind as _, Object,
    embedded::{
        change::{Change, Item},
        counters::COUNTERS,
        emails::{self, Touched},
        mailbox_write::{OWN_RIGHTS, STANDARD_RIGHTS},
        state::{derived_id, hex},
        user_scope,
    },
    select::text,
};

/// The mailboxes that everybody has.
const STANDARD: [(&str, &str); 5] = [
    ("Inbox", role::INBOX),
    ("Drafts", role::DRAFTS),
    ("Sent", role::SENT),
    ("Archive", role::ARCHIVE),
    ("Trash", role::TRASH),
];

/// The source of what came from single files: it is added, and never taken away.
pub const FILE: &str = "file";

/// One mail of one person, perhaps in several folders.
struct Mail<'s> {
    item: &'s MailItem,
    mailboxes: BTreeSet<String>,
}

/// Person by person.
pub async fn import(change: &mut Change, school: &School) -> Result<(), BackendError> {
    for user in &school.profile.users {
        let scope = user_scope(&user.login);
        let items: Vec<&MailItem> = school.mails.iter().filter(|item| item.login == user.login).collect();
        let mut folders: BTreeMap<String, Vec<&MailItem>> = BTreeMap::new();
        let discarded = discarded(change, &scope).await?;
        let mut kept: BTreeSet<String> =
            items.iter().map(|item| derived_id('M', &[&scope, &item.folder])).collect();
        for item in items.into_iter().filter(|item| !discarded.contains(&email_id(item))) {
            folders.entry(item.folder.clone()).or_default().push(item);
        }
        let folder_ids = import_mailboxes(change, &scope, FOLDER, folders.keys()).await?;
        let mut mails: BTreeMap<String, Mail<'_>> = BTreeMap::new();
        for (folder, items) in &folders {
            for item in items {
                let mail = mails.entry(email_id(item));
                let mail = mail.or_insert(Mail { item, mailboxes: BTreeSet::new() });
                mail.mailboxes.extend(folder_ids.get(folder).cloned());
            }
        }
        kept.extend(folder_ids.into_values());
        import_mails(change, &scope, mails, &school.profile.mail.parents_information).await?;
        remove_empty(change, &scope, &kept).await?;
    }
    Ok(())
}

/// Adds mails to somebody's; nothing that is there changes, but a mail may be in more mailboxes then.
pub async fn add(
    change: &mut Change,
    login: &str,
    items: &[MailItem],
    parents_information: &[String],
) -> Result<(), BackendError> {
    let scope = user_scope(login);
    let ids: Vec<String> = items.iter().map(email_id).collect();
    let known: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM email WHERE scope = ?1 AND id IN (SELECT value FROM json_each(?2))
         UNION SELECT id FROM discarded WHERE scope = ?1 AND id IN (SELECT value FROM json_each(?2))",
    )
    .bind(&scope)
    .bind(serde_json::to_string(&ids)?)
    .fetch_all(&mut *change.transaction)
    .await?;
    let known: BTreeSet<String> = known.into_iter().collect();
    let new: Vec<(String, &MailItem)> =
        ids.into_iter().zip(items).filter(|(id, _)| !known.contains(id)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let folders: BTreeSet<&String> = new.iter().map(|(_, item)| &item.folder).collect();
    let folder_ids = import_mailboxes(change, &scope, FILE, folders.into_iter()).await?;
    let mut mails: BTreeMap<String, Mail<'_>> = BTreeMap::new();
    for (id, item) in new {
        let mail = mails.entry(id).or_insert(Mail { item, mailboxes: BTreeSet::new() });
        mail.mailboxes.extend(folder_ids.get(&item.folder).cloned());
    }
    let mut touched = Touched::default();
    add_new(
        change,
        (&scope, FILE),
        mails.into_iter().collect(),
        &mut HashMap::new(),
        parents_information,
        &mut touched,
    )
    .await?;
    touched.settle(change, &scope).await
}

fn email_id(item: &MailItem) -> String {
    format!("E{}", &hex(&Sha256::digest(&item.raw))[..32])
}

/// The mails that their owner destroyed.
async fn discarded(change: &mut Change, scope: &str) -> Result<BTreeSet<String>, BackendError> {
    let ids = sqlx::query_scalar("SELECT id FROM discarded WHERE scope = ?1").bind(scope);
    let ids: Vec<String> = ids.fetch_all(&mut *change.transaction).await?;
    Ok(ids.into_iter().collect())
}

/// Makes the mailboxes that are missing. One that is there stays as its owner named and moved it, with its
/// counts, which are brought up to date when the mails are in. Answers the ids by folder.
pub async fn import_mailboxes(
    change: &mut Change,
    scope: &str,
    source: &str,
    folders: impl Iterator<Item = &String>,
) -> Result<BTreeMap<String, String>, BackendError> {
    let mut wanted: BTreeMap<&str, (Option<&str>, u32)> = BTreeMap::new();
    wanted.extend(folders.map(|folder| (folder.as_str(), (None, 10))));
    for (order, (folder, role)) in (1..).zip(STANDARD) {
        wanted.insert(folder, (Some(role), order));
    }
    let mut by_name: HashMap<String, String> = HashMap::new();
    let mut all: HashMap<String, Object> = HashMap::new();
    for (id, json) in change.read_all(scope, Mailbox::NAME).await? {
        let mailbox: Object = serde_json::from_str(&json)?;
        if text(&mailbox, "parentId").is_empty() {
            by_name.insert(text(&mailbox, "name").to_owned(), id.clone());
        }
        all.insert(id, mailbox);
    }
    let mut ids = BTreeMap::new();
    for (folder, (role, sort_order)) in wanted {
        let derived = derived_id('M', &[scope, folder]);
        let existing = if all.contains_key(&derived) { Some(&derived) } else { by_name.get(folder) };
        let rights = if role.is_some() { STANDARD_RIGHTS } else { OWN_RIGHTS };
        let id = existing.unwrap_or(&derived).clone();
        let object = match all.remove(&id) {
            Some(mut old) => {
                old.insert("myRights".to_owned(), json!(rights));
                old
            }
            None => mailbox(&id, folder, role, sort_order, rights),
        };
        change.put(scope, Mailbox::NAME, &id, &Item::plain(object)).await?;
        if id == derived {
            note_imported(change, scope, &id, source).await?;
        }
        ids.insert(folder.to_owned(), id);
    }
    Ok(ids)
}

async fn note_imported(change: &mut Change, scope: &str, id: &str, source: &str) -> Result<(), BackendError> {
    sqlx::query("INSERT INTO imported (scope, id, source) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        .bind(scope)
        .bind(id)
        .bind(source)
        .execute(&mut *change.transaction)
        .await?;
    Ok(())
}

fn mailbox(id: &str, name: &str, role: Option<&str>, sort_order: u32, rights: MailboxRights) -> Object {
    let properties = [
        ("id", json!(id)),
        ("name", json!(name)),
        ("parentId", serde_json::Value::Null),
        ("role", json!(role)),
        ("sortOrder", json!(sort_order)),
        ("myRights", json!(rights)),
        ("isSubscribed", json!(true)),
    ];
    let counters = COUNTERS.into_iter().map(|name| (name, json!(0)));
    properties.into_iter().chain(counters).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A mailbox into which its owner put something stays, although the folder has gone.
async fn remove_empty(
    change: &mut Change,
    scope: &str,
    folders: &BTreeSet<String>,
) -> Result<(), BackendError> {
    let used = sqlx::query_scalar("SELECT DISTINCT mailbox_id FROM email_mailbox WHERE scope = ?1");
    let used: Vec<String> = used.bind(scope).fetch_all(&mut *change.transaction).await?;
    let all = sqlx::query_scalar(
        "SELECT id FROM object JOIN imported USING (scope, id)
         WHERE scope = ?1 AND type = ?2 AND destroyed IS NULL AND source = 'folder'",
    );
    let all: Vec<String> = all.bind(scope).bind(Mailbox::NAME).fetch_all(&mut *change.transaction).await?;
    let all: BTreeSet<String> = all.into_iter().collect();
    for id in all.difference(folders).filter(|id| !used.contains(id)) {
        change.destroy(scope, Mailbox::NAME, id).await?;
    }
    Ok(())
}

async fn import_mails(
    change: &mut Change,
    scope: &str,
    mails: BTreeMap<String, Mail<'_>>,
    parents_information: &[String],
) -> Result<(), BackendError> {
    let known: HashMap<String, (String, Option<String>)> = {
        let rows = sqlx::query_as(
            "SELECT id, source, message_id FROM email JOIN imported USING (scope, id) WHERE scope = ?1",
        );
        let rows = rows.bind(scope);
        let rows: Vec<(String, String, Option<String>)> = rows.fetch_all(&mut *change.transaction).await?;
        rows.into_iter().map(|(id, source, message_id)| (id, (source, message_id))).collect()
    };
    let mut touched = Touched::default();
    // What a demo school's shift in time turns into a new mail is the old one to its reader.
    let mut inherited = Inherited::new();
    for (id, (source, message_id)) in &known {
        if mails.contains_key(id) || source != FOLDER {
            continue;
        }
        if let Some(message_id) = message_id {
            let mailboxes = emails::mailboxes(change, scope, id).await?;
            let keywords = emails::keywords(change, scope, id).await?;
            inherited.insert(message_id.clone(), (mailboxes, keywords));
        }
        emails::destroy(change, scope, id, &mut touched).await?;
    }
    let new: Vec<(String, Mail<'_>)> = mails.into_iter().filter(|(id, _)| !known.contains_key(id)).collect();
    add_new(change, (scope, FOLDER), new, &mut inherited, parents_information, &mut touched).await?;
    touched.settle(change, scope).await
}

/// Mailboxes and keywords that a new copy of a mail takes over, by Message-ID.
type Inherited = HashMap<String, (BTreeSet<String>, BTreeSet<String>)>;

async fn add_new(
    change: &mut Change,
    (scope, source): (&str, &str),
    mut new: Vec<(String, Mail<'_>)>,
    inherited: &mut Inherited,
    parents_information: &[String],
    touched: &mut Touched,
) -> Result<(), BackendError> {
    // Oldest first: an answer finds the thread of what it answers.
    new.sort_by(|(a_id, a), (b_id, b)| (a.item.received_at, a_id).cmp(&(b.item.received_at, b_id)));
    for (id, mail) in new {
        let message = Message::parse(&mail.item.raw);
        let message_id = message.message_id.as_ref().and_then(|ids| ids.first()).cloned();
        let (mailboxes, mut keywords) = message_id
            .as_ref()
            .and_then(|id| inherited.remove(id))
            .unwrap_or_else(|| (mail.mailboxes.clone(), keywords(mail.item)));
        if is_for_parents(mail.item, &message, parents_information) {
            keywords.insert(keyword::FOR_PARENTS.to_owned());
        }
        let new = emails::New {
            id: id.clone(),
            raw: &mail.item.raw,
            message: &message,
            received_at: mail.item.received_at,
            mailboxes: &mailboxes,
            keywords: &keywords,
        };
        emails::add(change, scope, &new, touched).await?;
        note_imported(change, scope, &id, source).await?;
    }
    Ok(())
}

/// Whether the school means this mail for the parents (R3); what the pupil wrote is not the school's.
fn is_for_parents(item: &MailItem, message: &Message, beginnings: &[String]) -> bool {
    let subject = message.subject.as_deref().unwrap_or_default().trim_start();
    let is_own = ["Sent", "Drafts"].contains(&item.folder.as_str());
    !is_own && beginnings.iter().any(|beginning| subject.starts_with(beginning.as_str()))
}

fn keywords(item: &MailItem) -> BTreeSet<String> {
    let set = [
        (item.seen, keyword::SEEN),
        (item.flagged, keyword::FLAGGED),
        (item.answered, keyword::ANSWERED),
        (item.draft, keyword::DRAFT),
    ];
    set.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.to_owned()).collect()
}
