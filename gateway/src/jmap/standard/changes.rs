//! `/changes` (RFC 8620 §5.2).

use serde_json::{Value, json};
use tornister_protocol::core::{ChangesArgs, ChangesResponse, MethodError, MethodErrorKind};

use crate::{
    backend::{AccountAccess, Kind},
    jmap::method::{Answer, Call, backend_error, bare, invalid_arguments},
};

/// What changed since a state.
pub async fn changes<K: Kind>(call: Call<'_>) -> Answer {
    let args: ChangesArgs = call.parse()?;
    let account = call.account(&args.account_id)?;
    Ok(json!(changes_object::<K>(account, args).await?))
}

/// The same, for a type that adds to the answer.
pub async fn changes_object<K: Kind>(
    account: &AccountAccess,
    args: ChangesArgs,
) -> Result<ChangesResponse, MethodError> {
    if args.max_changes == Some(0) {
        return Err(invalid_arguments("'maxChanges' is a positive number".to_owned()));
    }
    let source = K::source(account.access.sources())
        .ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let changes = source.changes(&args.since_state, args.max_changes).await.map_err(backend_error)?;
    Ok(ChangesResponse {
        account_id: args.account_id,
        old_state: args.since_state,
        new_state: changes.new_state,
        has_more_changes: changes.has_more,
        created: changes.created,
        updated: changes.updated,
        destroyed: changes.destroyed,
    })
}

/// Adds a property to an answer.
#[must_use]
pub fn with(answer: &ChangesResponse, name: &str, value: Value) -> Value {
    let mut answer = json!(answer);
    answer[name] = value;
    answer
}
