//! Mailboxes and mails.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tornister_formats::{
    mime::Message,
    school::{MailItem, School},
};
use tornister_protocol::{
    id::{BlobId, MailboxId},
    mail::{Email, Mailbox, MailboxRights, keyword, role},
};

use crate::backend::{
    BackendError, Kind as _, Object, email,
    embedded::{
        change::{Change, Item},
        emails::{self, Touched},
        state::{derived_id, hex},
        threads, user_scope,
    },
};

/// The mailboxes that everybody has.
const STANDARD: [(&str, &str); 5] = [
    ("Inbox", role::INBOX),
    ("Drafts", role::DRAFTS),
    ("Sent", role::SENT),
    ("Archive", role::ARCHIVE),
    ("Trash", role::TRASH),
];

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
        let folders = import_mailboxes(change, &scope, &items).await?;
        let mut mails: BTreeMap<String, Mail<'_>> = BTreeMap::new();
        for item in items {
            let id = format!("E{}", &hex(&Sha256::digest(&item.raw))[..32]);
            let mail = mails.entry(id).or_insert(Mail { item, mailboxes: BTreeSet::new() });
            mail.mailboxes.insert(mailbox_id(&scope, &item.folder));
        }
        import_mails(change, &scope, mails, &school.profile.mail.parents_information).await?;
        remove_empty(change, &scope, &folders).await?;
    }
    sqlx::query("DELETE FROM blob WHERE id NOT IN (SELECT blob_id FROM email)")
        .execute(&mut *change.transaction)
        .await?;
    Ok(())
}

fn mailbox_id(scope: &str, folder: &str) -> String {
    derived_id('M', &[scope, folder])
}

/// A mailbox keeps its counts here; they are brought up to date when the mails are in. Answers the ids.
async fn import_mailboxes(
    change: &mut Change,
    scope: &str,
    items: &[&MailItem],
) -> Result<BTreeSet<String>, BackendError> {
    let mut folders: BTreeMap<&str, (Option<&str>, u32)> = BTreeMap::new();
    for item in items {
        folders.insert(&item.folder, (None, 10));
    }
    for (order, (folder, role)) in (1..).zip(STANDARD) {
        folders.insert(folder, (Some(role), order));
    }
    let mut mailboxes = BTreeMap::new();
    for (folder, (role, sort_order)) in folders {
        let id = mailbox_id(scope, folder);
        let old = change.read(scope, Mailbox::NAME, &id).await?.unwrap_or_default();
        let count = |name: &str| old.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default();
        let mailbox = json!({
            "id": MailboxId(id.clone()),
            "name": folder,
            "parentId": null,
            "role": role,
            "sortOrder": sort_order,
            "totalEmails": count("totalEmails"),
            "unreadEmails": count("unreadEmails"),
            "totalThreads": count("totalThreads"),
            "unreadThreads": count("unreadThreads"),
            "myRights": MailboxRights {
                may_read_items: true,
                may_add_items: true,
                may_remove_items: true,
                may_set_seen: true,
                may_set_keywords: true,
                may_create_child: false,
                may_rename: false,
                may_delete: false,
                may_submit: false,
            },
            "isSubscribed": true,
        });
        let serde_json::Value::Object(object) = mailbox else { continue };
        mailboxes.insert(id, Item::plain(object));
    }
    for (id, item) in &mailboxes {
        change.put(scope, Mailbox::NAME, id, item).await?;
    }
    Ok(mailboxes.into_keys().collect())
}

/// A mailbox into which its owner put something stays, although the folder has gone.
async fn remove_empty(
    change: &mut Change,
    scope: &str,
    folders: &BTreeSet<String>,
) -> Result<(), BackendError> {
    let used = sqlx::query_scalar("SELECT DISTINCT mailbox_id FROM email_mailbox WHERE scope = ?1");
    let used: Vec<String> = used.bind(scope).fetch_all(&mut *change.transaction).await?;
    let all: BTreeSet<String> = change.read_all(scope, Mailbox::NAME).await?.into_keys().collect();
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
        let rows = sqlx::query_as("SELECT id, thread_id, message_id FROM email WHERE scope = ?1").bind(scope);
        let rows: Vec<(String, String, Option<String>)> = rows.fetch_all(&mut *change.transaction).await?;
        rows.into_iter().map(|(id, thread, message_id)| (id, (thread, message_id))).collect()
    };
    let mut touched = Touched::default();
    // What a demo school's shift in time turns into a new mail is the old one to its reader.
    let mut inherited: HashMap<String, (BTreeSet<String>, BTreeSet<String>)> = HashMap::new();
    for (id, (thread, message_id)) in &known {
        if mails.contains_key(id) {
            continue;
        }
        let mailboxes = emails::mailboxes(change, scope, id).await?;
        let keywords = emails::keywords(change, scope, id).await?;
        touched.email(thread, &mailboxes);
        touched.membership(thread);
        if let Some(message_id) = message_id {
            inherited.insert(message_id.clone(), (mailboxes, keywords));
        }
        sqlx::query("DELETE FROM email WHERE scope = ?1 AND id = ?2")
            .bind(scope)
            .bind(id)
            .execute(&mut *change.transaction)
            .await?;
        change.destroy(scope, Email::NAME, id).await?;
    }
    // Oldest first: an answer finds the thread of what it answers.
    let mut new: Vec<(String, Mail<'_>)> =
        mails.into_iter().filter(|(id, _)| !known.contains_key(id)).collect();
    new.sort_by(|(a_id, a), (b_id, b)| (a.item.received_at, a_id).cmp(&(b.item.received_at, b_id)));
    for (id, mail) in new {
        let message = Message::parse(&mail.item.raw);
        let thread = threads::assign(change, scope, &id, &message).await?;
        let message_id = message.message_id.as_ref().and_then(|ids| ids.first()).cloned();
        let (mailboxes, mut keywords) = message_id
            .as_ref()
            .and_then(|id| inherited.remove(id))
            .unwrap_or_else(|| (mail.mailboxes.clone(), keywords(mail.item)));
        if is_for_parents(mail.item, &message, parents_information) {
            keywords.insert(keyword::FOR_PARENTS.to_owned());
        }
        touched.email(&thread, &mailboxes);
        touched.membership(&thread);
        let blob_id = insert(change, scope, &id, &thread, mail.item, message_id.as_deref()).await?;
        let object = list_object(&id, &blob_id, &thread, mail.item, &message);
        emails::store(change, scope, &id, object, &mailboxes, &keywords).await?;
    }
    touched.settle(change, scope).await
}

/// Whether the school means this mail for the parents (R3); what the pupil wrote is not the school's.
fn is_for_parents(item: &MailItem, message: &Message, beginnings: &[String]) -> bool {
    let subject = message.subject.as_deref().unwrap_or_default().trim_start();
    let is_own = ["Sent", "Drafts"].contains(&item.folder.as_str());
    !is_own && beginnings.iter().any(|beginning| subject.starts_with(beginning.as_str()))
}

fn keywords(item: &MailItem) -> BTreeSet<String> {
    let is_draft = item.folder == "Drafts";
    let set = [
        (item.seen, keyword::SEEN),
        (item.flagged, keyword::FLAGGED),
        (item.answered, keyword::ANSWERED),
        (is_draft, keyword::DRAFT),
    ];
    set.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.to_owned()).collect()
}

fn list_object(id: &str, blob_id: &BlobId, thread: &str, item: &MailItem, message: &Message) -> Object {
    let mut object = email::envelope(message);
    object.insert("id".to_owned(), json!(id));
    object.insert("blobId".to_owned(), json!(blob_id));
    object.insert("threadId".to_owned(), json!(thread));
    object.insert("receivedAt".to_owned(), json!(item.received_at));
    object
}

async fn insert(
    change: &mut Change,
    scope: &str,
    id: &str,
    thread: &str,
    item: &MailItem,
    message_id: Option<&str>,
) -> Result<BlobId, BackendError> {
    let blob_id = BlobId(format!("B{}", hex(&Sha256::digest(&item.raw))));
    sqlx::query("INSERT INTO blob (id, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        .bind(blob_id.as_str())
        .bind(&item.raw)
        .execute(&mut *change.transaction)
        .await?;
    sqlx::query(
        "INSERT INTO email (scope, id, blob_id, thread_id, received_at, size, message_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(scope)
    .bind(id)
    .bind(blob_id.as_str())
    .bind(thread)
    .bind(item.received_at.to_string())
    .bind(i64::try_from(item.raw.len()).unwrap_or(i64::MAX))
    .bind(message_id)
    .execute(&mut *change.transaction)
    .await?;
    Ok(blob_id)
}
