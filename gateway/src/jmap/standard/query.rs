//! `/query` (RFC 8620 §5.5).

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Value, json};
use tornister_protocol::{
    core::{MethodError, MethodErrorKind},
    id::{AccountId, State},
};

use super::{Found, page};
use crate::{
    backend::{Comparator, Filter, Object, Plan},
    jmap::{
        limits::{COLLATIONS, MAX_FILTERS},
        method::{Answer, Call, backend_error, bare, error, invalid_arguments},
    },
};

/// The arguments that say which part of a result is wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryArgs {
    /// Whose objects.
    pub account_id: AccountId,
    filter: Option<Value>,
    #[serde(default, deserialize_with = "comparators")]
    sort: Option<Vec<Comparator>>,
    /// Index of the first id to answer; negative counts from the end.
    #[serde(default)]
    pub position: i64,
    /// An id to start from instead of `position`.
    pub anchor: Option<String>,
    /// Added to the anchor's index.
    #[serde(default)]
    pub anchor_offset: i64,
    /// At most so many ids.
    pub limit: Option<usize>,
    /// Whether `total` is wanted.
    #[serde(default)]
    pub calculate_total: bool,
}

/// Reads a sort; a list would be read as a comparator's values one after the other.
pub fn comparators<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Comparator>>, D::Error> {
    let list: Option<Vec<Object>> = Deserialize::deserialize(deserializer)?;
    let list = list.map(|list| {
        list.into_iter().map(|object| serde_json::from_value(Value::Object(object))).collect::<Result<_, _>>()
    });
    list.transpose().map_err(D::Error::custom)
}

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryResponse {
    pub account_id: AccountId,
    pub query_state: State,
    pub can_calculate_changes: bool,
    pub position: usize,
    pub ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Ids by filter and sort.
pub async fn query<K: Found>(call: Call<'_>) -> Answer {
    let args: QueryArgs = call.parse()?;
    let account = call.account(&args.account_id)?;
    let index = K::index(account.access.sources())
        .ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let plan = plan::<K>(&call, args.filter.as_ref(), args.sort.as_deref())?;
    let matches = index.query(&plan).await.map_err(backend_error)?;
    let mut answer = page(args, matches)?;
    answer.can_calculate_changes = K::can_calculate_changes(&plan);
    Ok(json!(answer))
}

/// Understands filter and sort.
pub fn plan<K: Found>(
    call: &Call<'_>,
    wanted: Option<&Value>,
    sort: Option<&[Comparator]>,
) -> Result<Plan<K>, MethodError> {
    let sort = sort.unwrap_or_default().to_vec();
    let mut collations = sort.iter().filter_map(|by| by.collation.as_deref());
    if let Some(unknown) = collations.find(|name| !COLLATIONS.contains(name)) {
        return Err(error(MethodErrorKind::UnsupportedSort, format!("no collation '{unknown}'")));
    }
    let plan = Plan { filter: filter::<K::Condition>(wanted, K::CONDITIONS)?, sort, options: call.parse()? };
    K::check(&plan)?;
    Ok(plan)
}

/// Reads a filter; a condition that is not known is `unsupportedFilter`, one of the wrong type
/// `invalidArguments`.
pub fn filter<C: DeserializeOwned>(
    filter: Option<&Value>,
    known: &[&str],
) -> Result<Option<Filter<C>>, MethodError> {
    let Some(filter) = filter else { return Ok(None) };
    if count(filter) > MAX_FILTERS {
        let description = format!("at most {MAX_FILTERS} operators and conditions");
        return Err(error(MethodErrorKind::UnsupportedFilter, description));
    }
    if let Some(unknown) = unknown_condition(filter, known) {
        return Err(error(MethodErrorKind::UnsupportedFilter, format!("cannot filter by '{unknown}'")));
    }
    Deserialize::deserialize(filter)
        .map(Some)
        .map_err(|_| invalid_arguments("'filter' has a condition of the wrong type".to_owned()))
}

/// How many operators and conditions a filter has.
fn count(filter: &Value) -> usize {
    let inner = filter.get("conditions").and_then(Value::as_array);
    1 + inner.into_iter().flatten().map(count).sum::<usize>()
}

fn unknown_condition(filter: &Value, known: &[&str]) -> Option<String> {
    let object = filter.as_object()?;
    if object.contains_key("operator") {
        let inner = object.get("conditions")?.as_array()?;
        return inner.iter().find_map(|filter| unknown_condition(filter, known));
    }
    object.keys().find(|name| !known.contains(&name.as_str())).cloned()
}
