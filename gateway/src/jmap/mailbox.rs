//! Mailbox (RFC 8621 §2).

use serde_json::{Map, Value};
use tornister_protocol::{
    core::MethodError,
    mail::{Mailbox, role},
};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    limits::MAX_SIZE_MAILBOX_NAME,
    standard::{Changed, Creating, Found, Served, both, each, no_such_path, typed},
};
use crate::backend::{MailboxFields, Object, Plan, Refusal};

impl Served for Mailbox {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "name",
        "parentId",
        "role",
        "sortOrder",
        "totalEmails",
        "unreadEmails",
        "totalThreads",
        "unreadThreads",
        "myRights",
        "isSubscribed",
    ]);
    const TELLS_UPDATED_PROPERTIES: bool = true;
}

impl Found for Mailbox {
    const CONDITIONS: &'static [&'static str] = &["parentId", "name", "role", "hasAnyRole", "isSubscribed"];

    /// In a tree a mailbox takes those below it along, which have not changed themselves.
    fn can_calculate_changes(plan: &Plan<Self>) -> bool {
        !plan.options.sort_as_tree && !plan.options.filter_as_tree
    }
}

/// IANA's "IMAP Mailbox Name Attributes" that are roles.
const ROLES: [&str; 12] = [
    "all",
    role::ARCHIVE,
    role::DRAFTS,
    "flagged",
    "important",
    role::INBOX,
    role::JUNK,
    role::SENT,
    role::TRASH,
    "memos",
    "scheduled",
    "snoozed",
];
const MAX_SORT_ORDER: u32 = i32::MAX as u32;

impl Changed for Mailbox {
    const SERVER_SET: &'static [&'static str] =
        &["id", "totalEmails", "unreadEmails", "totalThreads", "unreadThreads", "myRights"];
    const REFERENCES: &'static [&'static str] = &["parentId"];

    async fn create(_: &Creating<'_>, object: Object) -> Result<Result<MailboxFields, Refusal>, MethodError> {
        let named = object.contains_key("name");
        let named = named.then_some(()).ok_or_else(|| Refusal::property("name", "a mailbox needs a name"));
        Ok(both(named, Self::update(&object)).map(|((), fields)| fields))
    }

    fn update(patch: &Map<String, Value>) -> Result<MailboxFields, Refusal> {
        let mut fields = MailboxFields::default();
        each(patch, |path, value| {
            match path {
                "name" => fields.name = Some(net_unicode(&typed::<String>(path, value)?)?),
                "parentId" => fields.parent_id = Some(typed(path, value)?),
                "role" => fields.role = Some(known_role(typed(path, value)?)?),
                "sortOrder" => {
                    let order = typed::<Option<u32>>(path, value)?.unwrap_or_default();
                    if order > MAX_SORT_ORDER {
                        return Err(Refusal::property(path, "not below 2^31"));
                    }
                    fields.sort_order = Some(order);
                }
                "isSubscribed" => fields.is_subscribed = Some(typed(path, value)?),
                _ => return Err(no_such_path(path)),
            }
            Ok(())
        })?;
        Ok(fields)
    }
}

/// Net-Unicode (RFC 5198): composed, without control characters.
pub fn net_unicode(text: &str) -> Result<String, Refusal> {
    let name: String = text.nfc().collect();
    if name.trim().is_empty() || name.len() > MAX_SIZE_MAILBOX_NAME {
        let description = format!("a name has 1 to {MAX_SIZE_MAILBOX_NAME} octets");
        return Err(Refusal::property("name", &description));
    }
    if name.chars().any(char::is_control) {
        return Err(Refusal::property("name", "a name has no control characters"));
    }
    Ok(name)
}

fn known_role(role: Option<String>) -> Result<Option<String>, Refusal> {
    match role {
        Some(role) if !ROLES.contains(&role.as_str()) => {
            Err(Refusal::property("role", "not a role of IANA's list, in lower case"))
        }
        role => Ok(role),
    }
}
