//! Mailbox/query (RFC 8621 §2.3): conditions, orders, trees.

use std::{cmp::Ordering, collections::BTreeMap};

use serde::Deserialize;
use serde_json::{Value, json};
use tornister_protocol::mail::Mailbox;

use super::{
    BackendError, Object, Plan,
    collation::casemap,
    select::{Selectable, order, passes, text},
};

/// A FilterCondition; `parentId` and `role` can ask for none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailboxCondition {
    #[serde(default, deserialize_with = "present")]
    parent_id: Option<Option<String>>,
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    role: Option<Option<String>>,
    has_any_role: Option<bool>,
    is_subscribed: Option<bool>,
}

/// What `Mailbox/query` takes besides.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MailboxQueryOptions {
    /// Children after their parents.
    pub sort_as_tree: bool,
    /// Only where all around it match too.
    pub filter_as_tree: bool,
}

/// Tells null from absent.
pub(crate) fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    value: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl Selectable for Mailbox {
    const SORTS: &'static [&'static str] = &["sortOrder", "name"];

    fn holds(condition: &MailboxCondition, mailbox: &Object, _: &MailboxQueryOptions) -> bool {
        let optional = |name: &str| mailbox.get(name).and_then(Value::as_str);
        let name = casemap(text(mailbox, "name"));
        condition.parent_id.as_ref().is_none_or(|wanted| wanted.as_deref() == optional("parentId"))
            && condition.name.as_ref().is_none_or(|wanted| name.contains(&casemap(wanted)))
            && condition.role.as_ref().is_none_or(|wanted| wanted.as_deref() == optional("role"))
            && condition.has_any_role.is_none_or(|wanted| wanted == optional("role").is_some())
            && condition
                .is_subscribed
                .is_none_or(|wanted| mailbox.get("isSubscribed") == Some(&json!(wanted)))
    }

    fn compare(property: &str, a: &Object, b: &Object) -> Ordering {
        let number = |mailbox: &Object| mailbox.get("sortOrder").and_then(Value::as_u64);
        match property {
            "sortOrder" => number(a).cmp(&number(b)),
            _ => casemap(text(a, "name")).cmp(&casemap(text(b, "name"))),
        }
    }

    fn arrange(plan: &Plan<Self>, mut list: Vec<Object>) -> Result<Vec<Object>, BackendError> {
        list.sort_by(|a, b| order(plan, a, b));
        if plan.options.sort_as_tree {
            list = as_tree(list);
        }
        let parents: BTreeMap<String, (bool, String)> = list
            .iter()
            .map(|mailbox| {
                let parent = text(mailbox, "parentId").to_owned();
                (text(mailbox, "id").to_owned(), (passes(plan, mailbox), parent))
            })
            .collect();
        let mut kept = list;
        kept.retain(|mailbox| {
            let mut id = text(mailbox, "id");
            loop {
                match parents.get(id) {
                    Some((false, _)) => return false,
                    Some((true, parent)) if plan.options.filter_as_tree => id = parent,
                    _ => return true,
                }
            }
        });
        Ok(kept)
    }
}

/// Parents before children, each one's children in the order of the list.
fn as_tree(list: Vec<Object>) -> Vec<Object> {
    let mut children: BTreeMap<String, Vec<Object>> = BTreeMap::new();
    for mailbox in list {
        children.entry(text(&mailbox, "parentId").to_owned()).or_default().push(mailbox);
    }
    let mut waiting: Vec<Object> = children.remove("").unwrap_or_default().into_iter().rev().collect();
    let mut tree = Vec::new();
    while let Some(mailbox) = waiting.pop() {
        waiting.extend(children.remove(text(&mailbox, "id")).unwrap_or_default().into_iter().rev());
        tree.push(mailbox);
    }
    tree
}
