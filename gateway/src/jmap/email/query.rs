//! Email/query (RFC 8621 §4.4).

use tornister_protocol::mail::Email;

use crate::{
    backend::{EMAIL_CONDITIONS, EmailCondition, Filter, Plan},
    jmap::standard::Found,
};

/// What can be sorted by; the Session says so too (RFC 8621 §1.3.1).
pub const SORTS: [&str; 9] = [
    "receivedAt",
    "size",
    "from",
    "to",
    "subject",
    "sentAt",
    "hasKeyword",
    "allInThreadHaveKeyword",
    "someInThreadHaveKeyword",
];
/// The first of them never change.
const IMMUTABLE_SORTS: usize = 6;

impl Found for Email {
    const CONDITIONS: &'static [&'static str] = &EMAIL_CONDITIONS;

    fn is_immutable(plan: &Plan<Self>) -> bool {
        let sorts = &SORTS[..IMMUTABLE_SORTS];
        plan.sort.iter().all(|by| sorts.contains(&by.property.as_str()))
            && plan.filter.as_ref().is_none_or(is_immutable)
            && !plan.options.collapse_threads
    }
}

fn is_immutable(filter: &Filter<EmailCondition>) -> bool {
    match filter {
        Filter::Condition(condition) => condition.is_immutable(),
        Filter::Operator { conditions, .. } => conditions.iter().all(is_immutable),
    }
}
