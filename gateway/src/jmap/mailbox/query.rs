//! Mailbox/query (RFC 8621 §2.3). An account has few mailboxes: all are read, then filtered here.

use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::{Value, json};
use tornister_protocol::{
    core::{MethodErrorKind, QueryArgs, Sort},
    mail::Mailbox,
};

use crate::{
    backend::{Kind as _, Matches, Object, Wanted},
    jmap::{
        limits::MAX_OBJECTS_IN_GET,
        method::{Answer, Call, backend_error, bare, error},
        standard::{filter, page},
    },
};

const CONDITIONS: [&str; 5] = ["parentId", "name", "role", "hasAnyRole", "isSubscribed"];

/// A condition; `parentId` and `role` can ask for none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    #[serde(default, deserialize_with = "present")]
    parent_id: Option<Option<String>>,
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    role: Option<Option<String>>,
    has_any_role: Option<bool>,
    is_subscribed: Option<bool>,
}

/// Tells null from absent.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl Condition {
    fn holds(&self, mailbox: &Object) -> bool {
        let text = |name: &str| mailbox.get(name).and_then(Value::as_str);
        let name = text("name").unwrap_or_default().to_lowercase();
        self.parent_id.as_ref().is_none_or(|wanted| wanted.as_deref() == text("parentId"))
            && self.name.as_ref().is_none_or(|wanted| name.contains(&wanted.to_lowercase()))
            && self.role.as_ref().is_none_or(|wanted| wanted.as_deref() == text("role"))
            && self.has_any_role.is_none_or(|wanted| wanted == text("role").is_some())
            && self.is_subscribed.is_none_or(|wanted| mailbox.get("isSubscribed") == Some(&json!(wanted)))
    }
}

/// Ids by filter and sort.
pub async fn query(call: Call<'_>) -> Answer {
    let args: QueryArgs<Value> = call.parse()?;
    let account = call.account(&args.account_id)?;
    let source = Mailbox::source(account.access.sources())
        .ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let filter = filter::<Condition>(args.filter.as_ref(), &CONDITIONS)?;
    let sort = args.sort.clone().unwrap_or_default();
    if let Some(unknown) = sort.iter().find(|by| !["sortOrder", "name"].contains(&by.property.as_str())) {
        let description = format!("cannot sort by '{}'", unknown.property);
        return Err(error(MethodErrorKind::UnsupportedSort, description));
    }
    let wanted = Wanted { ids: None, properties: None, options: (), at_most: MAX_OBJECTS_IN_GET };
    let found = source.get(&wanted).await.map_err(backend_error)?;
    let mut list = found.list;
    list.retain(|mailbox| {
        filter.as_ref().is_none_or(|filter| filter.passes(&|condition: &Condition| condition.holds(mailbox)))
    });
    list.sort_by(|a, b| compare(a, b, &sort));
    let ids = list.iter().filter_map(|mailbox| Some(mailbox.get("id")?.as_str()?.to_owned())).collect();
    Ok(json!(page(args, Matches { state: found.state, ids })?))
}

fn compare(a: &Object, b: &Object, sort: &[Sort]) -> Ordering {
    let number = |mailbox: &Object| mailbox.get("sortOrder").and_then(Value::as_u64);
    let text = |mailbox: &Object, name: &str| {
        mailbox.get(name).and_then(Value::as_str).unwrap_or_default().to_lowercase()
    };
    let by = sort.iter().map(|by| {
        let order = match by.property.as_str() {
            "sortOrder" => number(a).cmp(&number(b)),
            _ => text(a, "name").cmp(&text(b, "name")),
        };
        if by.is_ascending { order } else { order.reverse() }
    });
    by.chain([text(a, "id").cmp(&text(b, "id"))]).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
