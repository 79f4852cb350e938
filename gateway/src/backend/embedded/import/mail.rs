//! Mailboxes and mails.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use tornister_formats::{
    mime::Message,
    school::{MailItem, School},
};
use tornister_protocol::{
    id::BlobId,
    mail::{Mailbox, MailboxRights, keyword, role},
    time::UtcDate,
};

use super::sources::FOLDER;
use crate::backend::{
    BackendError, Kind as _, Object,
    embedded::{
        blobs,
        change::{Change, Item},
        counters::COUNTERS,
        emails::{self, Read, Touched},
        mailbox_rules::{OWN_RIGHTS, STANDARD_RIGHTS},
        state::derived_id,
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

/// A mail that comes in, ready to be stored: what takes long and needs no database.
pub struct Incoming {
    item: MailItem,
    read: Read,
}

impl Incoming {
    /// Prepares a mail, which was read already.
    #[must_use]
    pub fn of(item: MailItem, message: Message) -> Self {
        Self { read: Read::without_words(message, &item.raw), item }
    }
}

/// One mail of one person, perhaps in several folders.
struct Mail<'s> {
    item: &'s MailItem,
    /// Where it was read already.
    read: Option<&'s Read>,
    mailboxes: BTreeSet<String>,
}

/// What names the bytes of each of the school's mails, in their order.
pub fn blob_ids(school: &School) -> Vec<BlobId> {
    school.mails.iter().map(|item| blobs::id(&item.raw)).collect()
}

/// Person by person; `blob_ids` are those of the school's mails.
pub async fn import(change: &mut Change, school: &School, blob_ids: &[BlobId]) -> Result<(), BackendError> {
    for user in &school.profile.users {
        let scope = user_scope(&user.login);
        let all = blob_ids.iter().zip(&school.mails);
        let items: Vec<(&BlobId, &MailItem)> = all.filter(|(_, item)| item.login == user.login).collect();
        let mut folders: BTreeMap<String, Vec<(String, &MailItem)>> = BTreeMap::new();
        let of_user: Vec<&BlobId> = items.iter().map(|(blob, _)| *blob).collect();
        let (discarded, mut ids) = (discarded(change, &scope).await?, ids(change, &scope, &of_user).await?);
        let mut kept: BTreeSet<String> =
            items.iter().map(|(_, item)| derived_id('M', &[&scope, &item.folder])).collect();
        for (blob, item) in items.into_iter().filter(|(blob, _)| !discarded.contains(&content_name(blob))) {
            let id = ids.entry(blob.clone()).or_insert_with(|| email_id(blob, item.received_at)).clone();
            folders.entry(item.folder.clone()).or_default().push((id, item));
        }
        let folder_ids = import_mailboxes(change, &scope, FOLDER, folders.keys()).await?;
        let mut mails: BTreeMap<String, Mail<'_>> = BTreeMap::new();
        for (folder, items) in &folders {
            for (id, item) in items {
                let mail = mails.entry(id.clone());
                let mail = mail.or_insert(Mail { item, read: None, mailboxes: BTreeSet::new() });
                mail.mailboxes.extend(folder_ids.get(folder).cloned());
            }
        }
        kept.extend(folder_ids.into_values());
        import_mails(change, &scope, mails, &school.profile.mail.parents_information).await?;
        remove_empty(change, &scope, &kept).await?;
    }
    Ok(())
}

/// Adds mails to somebody's; nothing that is there changes. What lies in several folders of these is one mail in
/// several mailboxes.
pub async fn add(
    change: &mut Change,
    login: &str,
    incoming: &[Incoming],
    parents_information: &[String],
) -> Result<(), BackendError> {
    let scope = user_scope(login);
    let blob_ids: Vec<&BlobId> = incoming.iter().map(|mail| &mail.read.blob_id).collect();
    let known = ids(change, &scope, &blob_ids).await?;
    let discarded = discarded(change, &scope).await?;
    let is_new = |mail: &&Incoming| {
        let blob = &mail.read.blob_id;
        !known.contains_key(blob) && !discarded.contains(&content_name(blob))
    };
    let new: Vec<&Incoming> = incoming.iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(());
    }
    let folders: BTreeSet<&String> = new.iter().map(|mail| &mail.item.folder).collect();
    let folder_ids = import_mailboxes(change, &scope, FILE, folders.into_iter()).await?;
    // The same mail may lie in several folders, and names its moment in one way or another.
    let mut mails: HashMap<&BlobId, (String, Mail<'_>)> = HashMap::new();
    for Incoming { item, read } in new {
        let (_, mail) = mails.entry(&read.blob_id).or_insert_with(|| {
            let mail = Mail { item, read: Some(read), mailboxes: BTreeSet::new() };
            (email_id(&read.blob_id, item.received_at), mail)
        });
        mail.mailboxes.extend(folder_ids.get(&item.folder).cloned());
    }
    let mut touched = Touched::default();
    add_new(
        change,
        (&scope, FILE),
        mails.into_values().collect(),
        &mut HashMap::new(),
        parents_information,
        &mut touched,
    )
    .await?;
    touched.settle(change, &scope).await
}

/// The id of an imported mail: its second, and the beginning of what names its bytes. Mails of one time stand
/// together in the database then: a thousand that come in touch few pages of each index, not one for each.
fn email_id(blob: &BlobId, received_at: UtcDate) -> String {
    let second = received_at.0.and_utc().timestamp().max(0);
    format!("E{second:010x}{}", beginning(blob, 22))
}

/// What names an imported mail's bytes among those that were destroyed; the id of mails that earlier versions
/// have imported.
fn content_name(blob: &BlobId) -> String {
    format!("E{}", beginning(blob, 32))
}

fn beginning(blob: &BlobId, digits: usize) -> &str {
    blob.as_str().get(1..=digits).unwrap_or_default()
}

/// The ids of imported mails with these bytes.
async fn ids(
    change: &mut Change,
    scope: &str,
    blob_ids: &[&BlobId],
) -> Result<HashMap<BlobId, String>, BackendError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT e.blob_id, e.id FROM json_each(?2) b
         CROSS JOIN email e ON e.blob_id = b.value AND e.scope = ?1
         CROSS JOIN imported i ON i.scope = e.scope AND i.id = e.id",
    )
    .bind(scope)
    .bind(serde_json::to_string(blob_ids)?)
    .fetch_all(&mut *change.transaction)
    .await?;
    Ok(rows.into_iter().map(|(blob, id)| (BlobId(blob), id)).collect())
}

/// What names the mails that their owner destroyed.
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
            note_imported(change, scope, &[id.as_str()], source).await?;
        }
        ids.insert(folder.to_owned(), id);
    }
    Ok(ids)
}

async fn note_imported(
    change: &mut Change,
    scope: &str,
    ids: &[&str],
    source: &str,
) -> Result<(), BackendError> {
    let insert = "INSERT INTO imported (scope, id, source) ";
    change
        .insert_all(insert, " ON CONFLICT DO NOTHING", ids, |row, id| {
            row.push_bind(scope).push_bind(*id).push_bind(source);
        })
        .await
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
type Inherited = HashMap<String, Placed>;

/// Mailboxes and keywords.
type Placed = (BTreeSet<String>, BTreeSet<String>);

/// So many mails are read and written together; what is read takes memory.
const AT_ONCE: usize = 1024;

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
    for some in new.chunks(AT_ONCE) {
        let own: Vec<Option<Read>> = some
            .iter()
            .map(|(_, mail)| {
                mail.read.is_none().then(|| {
                    let raw = &mail.item.raw;
                    Read::without_words(Message::parse(raw), raw)
                })
            })
            .collect();
        let read: Vec<&Read> =
            some.iter().zip(&own).filter_map(|((_, mail), own)| mail.read.or(own.as_ref())).collect();
        let placed: Vec<Placed> = some
            .iter()
            .zip(&read)
            .map(|((_, mail), read)| {
                let known = read.message_id.as_ref().and_then(|id| inherited.remove(id));
                let (mailboxes, mut keywords) =
                    known.unwrap_or_else(|| (mail.mailboxes.clone(), keywords(mail.item)));
                if is_for_parents(mail.item, &read.subject, parents_information) {
                    keywords.insert(keyword::FOR_PARENTS.to_owned());
                }
                (mailboxes, keywords)
            })
            .collect();
        let new = some.iter().zip(read).zip(&placed).map(|(((id, mail), read), (mailboxes, keywords))| {
            let (raw, received_at) = (mail.item.raw.as_slice(), mail.item.received_at);
            emails::New { id, raw, read, received_at, mailboxes, keywords }
        });
        let new: Vec<_> = new.collect();
        emails::add_all(change, scope, &new, touched).await?;
        let ids: Vec<&str> = some.iter().map(|(id, _)| id.as_str()).collect();
        note_imported(change, scope, &ids, source).await?;
    }
    Ok(())
}

/// Whether the school means this mail for the parents (R3); what the pupil wrote is not the school's.
fn is_for_parents(item: &MailItem, subject: &str, beginnings: &[String]) -> bool {
    let is_own = ["Sent", "Drafts"].contains(&item.folder.as_str());
    !is_own && beginnings.iter().any(|beginning| subject.trim_start().starts_with(beginning.as_str()))
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
