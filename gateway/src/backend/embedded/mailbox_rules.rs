//! What one person's mailboxes are like, and what holds among all of them (RFC 8621 §2).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tornister_protocol::mail::{Mailbox, MailboxRights};

use super::{counters::COUNTERS, view::repeats};
use crate::backend::{MailboxFields, Object, Outcome, Patch, Refusal, RefusalKind, select::text};

/// By id.
pub type Mailboxes = BTreeMap<String, Object>;

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

/// A mailbox that somebody makes.
pub fn created(
    all: &Mailboxes,
    id: &str,
    fields: &MailboxFields,
    outcome: &Outcome,
) -> Result<Object, Refusal> {
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
    let object = with_fields(object, fields, outcome);
    check(all, id, &object)?;
    Ok(object)
}

/// A mailbox as a patch makes it; whether it may be so beside the others, [`check`] says.
pub fn patched(
    all: &Mailboxes,
    id: &str,
    patch: &Patch<Mailbox>,
    outcome: &Outcome,
) -> Result<Object, Refusal> {
    let object = all.get(id).ok_or_else(Refusal::not_found)?.clone();
    repeats(&object, &patch.repeated)?;
    let may_rename = object["myRights"]["mayRename"] == true;
    let patched = with_fields(object.clone(), &patch.update, outcome);
    let is_same = ["name", "parentId", "role"].iter().all(|name| patched.get(*name) == object.get(*name));
    if !is_same && !may_rename {
        return Err(Refusal::new(RefusalKind::Forbidden, "everybody has this mailbox under this name"));
    }
    Ok(patched)
}

fn with_fields(mut object: Object, fields: &MailboxFields, outcome: &Outcome) -> Object {
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
    object
}

/// Whether a mailbox breaks no rule among all of them.
pub fn check(all: &Mailboxes, id: &str, object: &Object) -> Result<(), Refusal> {
    let parent = text(object, "parentId");
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
        .find(|(_, other)| text(other, "parentId") == parent && text(other, "name") == text(object, "name"));
    if let Some((existing, _)) = sibling {
        let refusal = Refusal::new(RefusalKind::AlreadyExists, "a sibling has this name");
        return Err(refusal.with("existingId", existing.clone()));
    }
    if object["role"].is_string() && others().any(|(_, other)| other.get("role") == object.get("role")) {
        return Err(Refusal::property("role", "another mailbox has this role"));
    }
    Ok(())
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

/// Whether others lie in it.
pub fn has_child(all: &Mailboxes, id: &str) -> bool {
    all.values().any(|mailbox| text(mailbox, "parentId") == id)
}
