//! Mailbox/set (RFC 8621 §2.5).

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde_json::{Value, json};
use tornister_protocol::mail::{Email, Mailbox, MailboxRights};

use super::{
    change::{Change, Item},
    counters::COUNTERS,
    emails::{self, Touched},
    view::{View, repeats},
};
use crate::backend::{
    BackendError, Batch, Kind as _, MailboxFields, Object, Outcome, Patch, Refusal, RefusalKind, Writer,
    select::text,
};

/// All of them fit into one `/get`.
const MAX_MAILBOXES: usize = 400;

/// Those that the person made, and all others that have no role.
pub const OWN_RIGHTS: MailboxRights = MailboxRights {
    may_read_items: true,
    may_add_items: true,
    may_remove_items: true,
    may_set_seen: true,
    may_set_keywords: true,
    may_create_child: true,
    may_rename: true,
    may_delete: true,
    may_submit: false,
};

/// Those that everybody has.
pub const STANDARD_RIGHTS: MailboxRights =
    MailboxRights { may_rename: false, may_delete: false, ..OWN_RIGHTS };

type Mailboxes = BTreeMap<String, Object>;

#[async_trait]
impl Writer<Mailbox> for View {
    async fn set(&self, batch: Batch<Mailbox>) -> Result<Outcome, BackendError> {
        let scope = self.scopes.own();
        let (mut change, mut outcome) = self.begin::<Mailbox>(batch.if_in_state.as_ref()).await?;
        let mut all = Mailboxes::new();
        for (id, json) in change.read_all(scope, Mailbox::NAME).await? {
            all.insert(id, serde_json::from_str(&json)?);
        }
        self.create_all(&mut change, batch.create, &mut all, &mut outcome).await?;
        for (id, patch) in &batch.update {
            let result = match updated(&all, id, patch, &outcome) {
                Ok(object) => {
                    put(&mut change, scope, id, object, &mut all).await?;
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            };
            outcome.note_updated(id, result);
        }
        let mut touched = Touched::default();
        // Children before their parents, however the client named them.
        let mut waiting = batch.destroy;
        loop {
            let (now, later): (Vec<String>, Vec<String>) =
                waiting.iter().cloned().partition(|id| !has_child(&all, id));
            let is_stuck = now.is_empty();
            for id in if is_stuck { &waiting } else { &now } {
                let remove = batch.options.on_destroy_remove_emails;
                let result = destroy(&mut change, scope, id, remove, &mut all, &mut touched).await?;
                outcome.note_destroyed(id, result);
            }
            if is_stuck || later.is_empty() {
                break;
            }
            waiting = later;
        }
        touched.settle(&mut change, scope).await?;
        self.finish::<Mailbox>(change, outcome).await
    }
}

impl View {
    /// Parents before their children, however the client named them.
    async fn create_all(
        &self,
        change: &mut Change,
        create: Vec<(String, MailboxFields)>,
        all: &mut Mailboxes,
        outcome: &mut Outcome,
    ) -> Result<(), BackendError> {
        let mut waiting = create;
        loop {
            let parent_is_there = |(_, fields): &(String, MailboxFields)| {
                let parent = fields.parent_id.as_ref().and_then(Option::as_ref);
                parent.is_none_or(|parent| outcome.resolve(parent).is_some())
            };
            let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(parent_is_there);
            if now.is_empty() {
                for (key, _) in later {
                    let refusal = Refusal::property("parentId", "no such mailbox is created here");
                    outcome.note_created(&key, Err(refusal));
                }
                return Ok(());
            }
            for (key, fields) in now {
                let id = self.new_id('M')?;
                let result = match created(all, &id, &fields, outcome) {
                    Ok(object) => {
                        let mut answer = object.clone();
                        answer.retain(|name, _| !["name", "parentId"].contains(&name.as_str()));
                        put(change, self.scopes.own(), &id, object, all).await?;
                        Ok(answer)
                    }
                    Err(refusal) => Err(refusal),
                };
                outcome.note_created(&key, result);
            }
            waiting = later;
        }
    }
}

async fn put(
    change: &mut Change,
    scope: &str,
    id: &str,
    object: Object,
    all: &mut Mailboxes,
) -> Result<(), BackendError> {
    all.insert(id.to_owned(), object.clone());
    change.put(scope, Mailbox::NAME, id, &Item::plain(object)).await?;
    Ok(())
}

fn created(all: &Mailboxes, id: &str, fields: &MailboxFields, outcome: &Outcome) -> Result<Object, Refusal> {
    if all.len() >= MAX_MAILBOXES {
        let description = format!("an account has at most {MAX_MAILBOXES} mailboxes");
        return Err(Refusal::new(RefusalKind::OverQuota, &description));
    }
    let mut object = Object::new();
    for (name, value) in [
        ("id", json!(id)),
        ("name", json!("")),
        ("parentId", Value::Null),
        ("role", Value::Null),
        ("sortOrder", json!(0)),
        ("myRights", json!(OWN_RIGHTS)),
        ("isSubscribed", json!(true)),
    ] {
        object.insert(name.to_owned(), value);
    }
    for name in COUNTERS {
        object.insert(name.to_owned(), json!(0));
    }
    changed(all, id, object, fields, outcome)
}

fn updated(all: &Mailboxes, id: &str, patch: &Patch<Mailbox>, outcome: &Outcome) -> Result<Object, Refusal> {
    let object = all.get(id).ok_or_else(Refusal::not_found)?.clone();
    repeats(&object, &patch.repeated)?;
    let fields = &patch.update;
    let may_rename = object["myRights"]["mayRename"] == true;
    let renames = fields.name.is_some() || fields.parent_id.is_some() || fields.role.is_some();
    let changed = changed(all, id, object.clone(), fields, outcome)?;
    let is_same = ["name", "parentId", "role"].iter().all(|name| changed.get(*name) == object.get(*name));
    if renames && !is_same && !may_rename {
        return Err(Refusal::new(RefusalKind::Forbidden, "everybody has this mailbox under this name"));
    }
    Ok(changed)
}

/// The mailbox with these fields, where that breaks no rule among all of them (RFC 8621 §2).
fn changed(
    all: &Mailboxes,
    id: &str,
    mut object: Object,
    fields: &MailboxFields,
    outcome: &Outcome,
) -> Result<Object, Refusal> {
    if let Some(name) = &fields.name {
        object.insert("name".to_owned(), json!(name));
    }
    if let Some(parent) = &fields.parent_id {
        let parent = parent.as_ref().map(|parent| outcome.resolve(parent).unwrap_or_default());
        object.insert("parentId".to_owned(), json!(parent));
    }
    if let Some(role) = &fields.role {
        object.insert("role".to_owned(), json!(role));
    }
    if let Some(order) = fields.sort_order {
        object.insert("sortOrder".to_owned(), json!(order));
    }
    if let Some(is_subscribed) = fields.is_subscribed {
        object.insert("isSubscribed".to_owned(), json!(is_subscribed));
    }
    let parent = text(&object, "parentId");
    if !parent.is_empty() || object["parentId"].is_string() {
        let around = all.get(parent).ok_or_else(|| Refusal::property("parentId", "no such mailbox"))?;
        if around["myRights"]["mayCreateChild"] != true {
            return Err(Refusal::new(RefusalKind::Forbidden, "no mailboxes can be made inside this one"));
        }
        if ancestors(all, parent).contains(id) {
            return Err(Refusal::property("parentId", "a mailbox cannot lie inside itself"));
        }
    }
    let others = || all.iter().filter(|(other, _)| *other != id);
    let sibling = others()
        .find(|(_, other)| text(other, "parentId") == parent && text(other, "name") == text(&object, "name"));
    if let Some((existing, _)) = sibling {
        let refusal = Refusal::new(RefusalKind::AlreadyExists, "a sibling has this name");
        return Err(refusal.with("existingId", existing.clone()));
    }
    if object["role"].is_string() && others().any(|(_, other)| other.get("role") == object.get("role")) {
        return Err(Refusal::property("role", "another mailbox has this role"));
    }
    Ok(object)
}

/// A mailbox and those around it.
fn ancestors(all: &Mailboxes, id: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut at = id;
    while let Some(mailbox) = all.get(at) {
        if !found.insert(at.to_owned()) {
            break;
        }
        at = text(mailbox, "parentId");
    }
    found
}

fn has_child(all: &Mailboxes, id: &str) -> bool {
    all.values().any(|mailbox| text(mailbox, "parentId") == id)
}

async fn destroy(
    change: &mut Change,
    scope: &str,
    id: &str,
    remove_emails: bool,
    all: &mut Mailboxes,
    touched: &mut Touched,
) -> Result<Result<(), Refusal>, BackendError> {
    let Some(mailbox) = all.get(id) else { return Ok(Err(Refusal::not_found())) };
    if has_child(all, id) {
        return Ok(Err(Refusal::bare(RefusalKind::MailboxHasChild)));
    }
    if mailbox["myRights"]["mayDelete"] != true {
        return Ok(Err(Refusal::new(RefusalKind::Forbidden, "everybody has this mailbox")));
    }
    let mails: Vec<String> =
        sqlx::query_scalar("SELECT email_id FROM email_mailbox WHERE scope = ?1 AND mailbox_id = ?2")
            .bind(scope)
            .bind(id)
            .fetch_all(&mut *change.transaction)
            .await?;
    if !mails.is_empty() && !remove_emails {
        return Ok(Err(Refusal::bare(RefusalKind::MailboxHasEmail)));
    }
    for mail in mails {
        let mut mailboxes = emails::mailboxes(change, scope, &mail).await?;
        mailboxes.remove(id);
        if mailboxes.is_empty() {
            emails::discard(change, scope, &mail, touched).await?;
        } else if let Some(object) = change.read(scope, Email::NAME, &mail).await? {
            touched.threads(change, scope, [text(&object, "threadId")]).await?;
            let keywords = emails::keywords(change, scope, &mail).await?;
            emails::store(change, scope, &mail, object, &mailboxes, &keywords).await?;
        }
    }
    change.destroy(scope, Mailbox::NAME, id).await?;
    all.remove(id);
    Ok(Ok(()))
}
