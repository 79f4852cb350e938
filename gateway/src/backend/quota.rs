//! Quota (RFC 9425): how much of what somebody may have is used.

use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::Value;

use super::{
    NoOptions, Object,
    collation::casemap,
    select::{Selectable, text},
};

/// A limit, and how much is used of it.
#[derive(Debug)]
pub enum Quota {}

/// A FilterCondition (RFC 9425 §4.4).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QuotaCondition {
    name: Option<String>,
    scope: Option<String>,
    resource_type: Option<String>,
    #[serde(rename = "type")]
    data_type: Option<String>,
}

impl Selectable for Quota {
    const SORTS: &'static [&'static str] = &["name", "used"];

    fn holds(condition: &QuotaCondition, quota: &Object, _: &NoOptions) -> bool {
        let is = |wanted: &Option<String>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == text(quota, name))
        };
        let types = quota.get("types").and_then(Value::as_array);
        let has_type = |wanted: &String| types.is_some_and(|types| types.iter().any(|one| one == wanted));
        let name = casemap(text(quota, "name"));
        condition.name.as_ref().is_none_or(|wanted| name.contains(&casemap(wanted)))
            && is(&condition.scope, "scope")
            && is(&condition.resource_type, "resourceType")
            && condition.data_type.as_ref().is_none_or(has_type)
    }

    fn compare(property: &str, a: &Object, b: &Object) -> Ordering {
        match property {
            "used" => a.get("used").and_then(Value::as_u64).cmp(&b.get("used").and_then(Value::as_u64)),
            _ => casemap(text(a, property)).cmp(&casemap(text(b, property))),
        }
    }
}
