//! `/changes` (RFC 8620 §5.2).

use serde_json::json;
use tornister_protocol::core::{ChangesArgs, ChangesResponse, MethodErrorKind};

use super::Served;
use crate::jmap::method::{Answer, Call, backend_error, bare, invalid_arguments};

/// What changed since a state.
pub async fn changes<K: Served>(call: Call<'_>) -> Answer {
    let args: ChangesArgs = call.parse()?;
    if args.max_changes == Some(0) {
        return Err(invalid_arguments("'maxChanges' is a positive number".to_owned()));
    }
    let account = call.account(&args.account_id)?;
    let source = K::source(account.access.sources())
        .ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let changes = source.changes(&args.since_state, args.max_changes).await.map_err(backend_error)?;
    let mut answer = json!(ChangesResponse {
        account_id: args.account_id,
        old_state: args.since_state,
        new_state: changes.new_state,
        has_more_changes: changes.has_more,
        created: changes.created,
        updated: changes.updated,
        destroyed: changes.destroyed,
    });
    if K::TELLS_UPDATED_PROPERTIES {
        answer["updatedProperties"] = json!(changes.updated_properties);
    }
    Ok(answer)
}
