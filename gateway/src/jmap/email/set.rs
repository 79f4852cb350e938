//! Email/set (RFC 8621 §4.6): patches of keywords and mailboxes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use tornister_protocol::{core::MethodError, mail::Email};

use super::create::{create, resolve_blobs};
use crate::{
    backend::{
        EmailUpdate, NewEmail, Object, Refusal, RefusalKind, email::IMMUTABLE_PROPERTIES, patch::unescape,
    },
    jmap::standard::{Changed, Creating, creation, each, no_such_path},
};

const MAX_KEYWORD_BYTES: usize = 255;
/// What IMAP forbids in a keyword (RFC 8621 §4.1.1).
const FORBIDDEN_IN_KEYWORD: &[char] = &['(', ')', '{', ']', '%', '*', '"', '\\'];

impl Changed for Email {
    const SERVER_SET: &'static [&'static str] =
        &["id", "blobId", "threadId", "size", "hasAttachment", "preview"];
    const IMMUTABLE: &'static [&'static str] = IMMUTABLE_PROPERTIES;
    const REFERENCES: &'static [&'static str] = &["mailboxIds"];

    async fn create(
        creating: &Creating<'_>,
        object: Object,
    ) -> Result<Result<NewEmail, Refusal>, MethodError> {
        create(creating, object).await
    }

    fn resolve(object: &mut Object, known: &BTreeMap<String, String>) {
        creation::resolve_object(object, Self::REFERENCES, known);
        resolve_blobs(object, known);
    }

    fn update(patch: &Map<String, Value>) -> Result<EmailUpdate, Refusal> {
        let mut update = EmailUpdate::default();
        each(patch, |path, value| {
            let (property, member) = match path.split_once('/') {
                None => (path, None),
                Some((property, member)) => (property, Some(member)),
            };
            let members = match property {
                "keywords" => &mut update.keywords,
                "mailboxIds" => &mut update.mailboxes,
                _ => return Err(no_such_path(path)),
            };
            match member {
                // A mail is in some mailbox, but may have no keywords.
                None if property == "keywords" && value.is_null() => members.replace = Some(BTreeSet::new()),
                None => members.replace = Some(whole(property, value)?),
                Some(member) if member.contains('/') => return Err(invalid_patch(path)),
                Some(member) => {
                    members.change.insert(name(property, &unescape(member))?, flag(property, value)?);
                }
            }
            Ok(())
        })?;
        Ok(update)
    }
}

/// The mailboxes of a new mail: at least one.
pub fn mailboxes(value: &Value) -> Result<BTreeSet<String>, Refusal> {
    let mailboxes = whole("mailboxIds", value)?;
    if mailboxes.is_empty() {
        return Err(invalid("mailboxIds", "a mail is in at least one mailbox"));
    }
    Ok(mailboxes)
}

/// The keywords of a new mail.
pub fn keywords(value: &Value) -> Result<BTreeSet<String>, Refusal> {
    whole("keywords", value)
}

fn whole(property: &str, value: &Value) -> Result<BTreeSet<String>, Refusal> {
    let object = value.as_object().ok_or_else(|| invalid(property, "must be an object"))?;
    let members: Result<BTreeMap<String, bool>, Refusal> =
        object.iter().map(|(member, value)| Ok((name(property, member)?, flag(property, value)?))).collect();
    let members = members?;
    if members.values().any(|inside| !inside) {
        return Err(invalid(property, "all values must be true"));
    }
    Ok(members.into_keys().collect())
}

/// True puts in, null takes out.
fn flag(property: &str, value: &Value) -> Result<bool, Refusal> {
    match value {
        Value::Bool(true) => Ok(true),
        Value::Null => Ok(false),
        _ => Err(invalid(property, "a value must be true, or null to take it out")),
    }
}

/// Keywords are lower case, and such as IMAP can hold.
fn name(property: &str, name: &str) -> Result<String, Refusal> {
    if property == "mailboxIds" {
        return Ok(name.to_owned());
    }
    let is_keyword = !name.is_empty()
        && name.len() <= MAX_KEYWORD_BYTES
        && name.bytes().all(|byte| byte.is_ascii_graphic())
        && !name.contains(FORBIDDEN_IN_KEYWORD);
    if is_keyword { Ok(name.to_lowercase()) } else { Err(invalid(property, "not a keyword")) }
}

fn invalid(property: &str, description: &str) -> Refusal {
    Refusal::property(property, description)
}

fn invalid_patch(description: &str) -> Refusal {
    Refusal::new(RefusalKind::InvalidPatch, description)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn update(patch: Value) -> Result<EmailUpdate, RefusalKind> {
        let Value::Object(patch) = patch else { unreachable!() };
        Email::update(&patch).map_err(|error| error.kind)
    }

    #[test]
    fn patches_put_in_and_take_out() {
        let update = update(json!({ "keywords/$Seen": true, "mailboxIds/a~1b": null })).unwrap();
        assert_eq!(update.keywords.change, BTreeMap::from([("$seen".to_owned(), true)]));
        assert_eq!(update.mailboxes.change, BTreeMap::from([("a/b".to_owned(), false)]));
    }

    #[test]
    fn null_takes_all_keywords_out() {
        assert_eq!(update(json!({ "keywords": null })).unwrap().keywords.replace, Some(BTreeSet::new()));
    }

    #[test]
    fn what_is_no_patch_of_an_email_is_refused() {
        use RefusalKind::{InvalidPatch, InvalidProperties};
        for (patch, kind) in [
            (json!({ "subject": "x" }), InvalidProperties),
            (json!({ "keywords/$seen": false }), InvalidProperties),
            (json!({ "keywords/a b": true }), InvalidProperties),
            (json!({ "keywords": { "$seen": false } }), InvalidProperties),
            (json!({ "mailboxIds": null }), InvalidProperties),
            (json!({ "keywords/$seen/x": true }), InvalidPatch),
        ] {
            assert_eq!(update(patch.clone()), Err(kind), "{patch}");
        }
    }
}
