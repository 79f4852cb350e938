//! `/query` (RFC 8620 §5.5).

use serde_json::{Value, json};
use tornister_protocol::core::{MethodError, MethodErrorKind, QueryArgs};

use super::{Found, page};
use crate::{
    backend::{Filter, Plan},
    jmap::method::{Answer, Call, backend_error, bare, error, invalid_arguments},
};

/// Ids by filter and sort.
pub async fn query<K: Found>(call: Call<'_>) -> Answer {
    let args: QueryArgs<Value> = call.parse()?;
    let account = call.account(&args.account_id)?;
    let index = K::index(account.access.sources())
        .ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let plan = Plan {
        filter: filter::<K::Condition>(args.filter.as_ref(), K::CONDITIONS)?,
        sort: args.sort.clone().unwrap_or_default(),
        collapse_threads: args.collapse_threads,
    };
    let matches = index.query(&plan).await.map_err(backend_error)?;
    Ok(json!(page(args, matches)?))
}

/// Reads a filter; a condition that is not known is `unsupportedFilter`, one of the wrong type
/// `invalidArguments`.
pub fn filter<C: serde::de::DeserializeOwned>(
    filter: Option<&Value>,
    known: &[&str],
) -> Result<Option<Filter<C>>, MethodError> {
    let Some(filter) = filter else { return Ok(None) };
    if let Some(unknown) = unknown_condition(filter, known) {
        return Err(error(MethodErrorKind::UnsupportedFilter, format!("cannot filter by '{unknown}'")));
    }
    serde::Deserialize::deserialize(filter)
        .map(Some)
        .map_err(|_| invalid_arguments("'filter' has a condition of the wrong type".to_owned()))
}

fn unknown_condition(filter: &Value, known: &[&str]) -> Option<String> {
    let object = filter.as_object()?;
    if object.contains_key("operator") {
        let inner = object.get("conditions")?.as_array()?;
        return inner.iter().find_map(|filter| unknown_condition(filter, known));
    }
    object.keys().find(|name| !known.contains(&name.as_str())).cloned()
}
