//! Which part of a query's result is answered (RFC 8620 §5.5).

use tornister_protocol::core::{MethodError, MethodErrorKind};

use super::query::{QueryArgs, QueryResponse};
use crate::{
    backend::Matches,
    jmap::{limits::MAX_IDS_IN_QUERY, method::bare},
};

/// The part that `args` ask for, by position or by anchor.
pub fn page(args: QueryArgs, matches: Matches) -> Result<QueryResponse, MethodError> {
    let total = matches.ids.len();
    let start = match &args.anchor {
        Some(anchor) => {
            let index = matches.ids.iter().position(|id| id == anchor);
            let index = index.ok_or_else(|| bare(MethodErrorKind::AnchorNotFound))?;
            moved(index, args.anchor_offset)
        }
        None if args.position < 0 => moved(total, args.position),
        None => usize::try_from(args.position).unwrap_or(usize::MAX),
    };
    let limit = args.limit.unwrap_or(MAX_IDS_IN_QUERY).min(MAX_IDS_IN_QUERY);
    let was_lowered = args.limit.is_some_and(|wanted| wanted != limit);
    let was_cut = args.limit.is_none() && total.saturating_sub(start) > limit;
    Ok(QueryResponse {
        account_id: args.account_id,
        query_state: matches.state,
        can_calculate_changes: true,
        position: start.min(total),
        ids: matches.ids.into_iter().skip(start).take(limit).collect(),
        total: args.calculate_total.then_some(total),
        limit: (was_lowered || was_cut).then_some(limit),
    })
}

/// Not before the beginning.
fn moved(index: usize, offset: i64) -> usize {
    let step = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
    if offset < 0 { index.saturating_sub(step) } else { index.saturating_add(step) }
}
