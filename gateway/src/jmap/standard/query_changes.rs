//! `/queryChanges` (RFC 8620 §5.6).

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};
use tornister_protocol::{
    core::{AddedItem, MethodErrorKind},
    id::{AccountId, State},
};

use super::{
    Found,
    query::{comparators, plan},
};
use crate::{
    backend::Comparator,
    jmap::method::{Answer, Call, backend_error, bare, invalid_arguments},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryChangesArgs {
    account_id: AccountId,
    filter: Option<Value>,
    #[serde(default, deserialize_with = "comparators")]
    sort: Option<Vec<Comparator>>,
    since_query_state: State,
    max_changes: Option<usize>,
    up_to_id: Option<String>,
    #[serde(default)]
    calculate_total: bool,
}

/// What to take out of a known result and what to put in, so that it becomes the present one.
pub async fn query_changes<K: Found>(call: Call<'_>) -> Answer {
    let args: QueryChangesArgs = call.parse()?;
    if args.max_changes == Some(0) {
        return Err(invalid_arguments("'maxChanges' is a positive number".to_owned()));
    }
    let account = call.account(&args.account_id)?;
    let index = K::index(account.access.sources())
        .ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let plan = plan::<K>(&call, args.filter.as_ref(), args.sort.as_deref())?;
    if !K::can_calculate_changes(&plan) {
        return Err(bare(MethodErrorKind::CannotCalculateChanges));
    }
    let (matches, touched) =
        index.query_changes(&plan, &args.since_query_state).await.map_err(backend_error)?;

    let moved: BTreeSet<&String> = touched.old.iter().chain(&touched.new).collect();
    let removed: Vec<&String> = touched.old.iter().collect();
    // Beyond the last id that the client has, only a result that cannot be reordered may be left out.
    let end = args.up_to_id.as_ref().filter(|_| K::is_immutable(&plan));
    let end = end.and_then(|last| matches.ids.iter().position(|id| id == last)).unwrap_or(usize::MAX);
    let added: Vec<AddedItem> = matches
        .ids
        .iter()
        .enumerate()
        .filter(|(index, id)| *index <= end && moved.contains(id))
        .map(|(index, id)| AddedItem { id: id.clone(), index })
        .collect();
    if args.max_changes.is_some_and(|max| removed.len() + added.len() > max) {
        return Err(bare(MethodErrorKind::TooManyChanges));
    }
    let mut answer = json!({
        "accountId": args.account_id,
        "oldQueryState": args.since_query_state,
        "newQueryState": matches.state,
        "removed": removed,
        "added": added,
    });
    if args.calculate_total {
        answer["total"] = json!(matches.ids.len());
    }
    Ok(answer)
}
