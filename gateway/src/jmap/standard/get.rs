//! `/get` (RFC 8620 §5.1).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tornister_protocol::core::{GetArgs, GetResponse, MethodErrorKind};

use super::Served;
use crate::{
    backend::{Object, Wanted},
    jmap::{
        limits::MAX_OBJECTS_IN_GET,
        method::{Answer, Call, backend_error, bare, error, invalid_arguments},
    },
};

/// Objects by id, or all, with the properties asked for.
pub async fn get<K: Served>(call: Call<'_>) -> Answer {
    let args: GetArgs = call.parse()?;
    let options = K::options(&call.arguments)?;
    let account = call.account(&args.account_id)?;
    let source = K::source(account.access.sources())
        .ok_or_else(|| bare(MethodErrorKind::AccountNotSupportedByMethod))?;
    let mut asked = args.properties.iter().flatten();
    if let Some(unknown) = asked.find(|name| !K::knows(name)) {
        return Err(invalid_arguments(format!("{} has no property '{unknown}'", K::NAME)));
    }
    let properties = args
        .properties
        .or_else(|| K::DEFAULT_PROPERTIES.map(|names| names.iter().map(|name| (*name).to_owned()).collect()));
    // Each object is answered once, however often it is asked for.
    let mut ids = args.ids;
    if let Some(ids) = &mut ids {
        let mut seen = BTreeSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        if ids.len() > MAX_OBJECTS_IN_GET {
            let description = format!("at most {MAX_OBJECTS_IN_GET} ids");
            return Err(error(MethodErrorKind::RequestTooLarge, description));
        }
    }
    let wanted = Wanted { ids, properties, options, at_most: MAX_OBJECTS_IN_GET };
    let mut found = source.get(&wanted).await.map_err(backend_error)?;
    for object in &mut found.list {
        K::present(object, &wanted, &account.address);
        if account.access.writers().is_none() {
            only_looking(object);
        }
    }
    if let Some(properties) = &wanted.properties {
        for object in &mut found.list {
            only(object, properties);
        }
    }
    Ok(json!(GetResponse {
        account_id: args.account_id,
        state: found.state,
        list: found.list,
        not_found: found.not_found,
    }))
}

/// Who may only look has none of the rights that the object's owner has.
fn only_looking(object: &mut Object) {
    let rights = object.get_mut("myRights").and_then(Value::as_object_mut);
    for (name, right) in rights.into_iter().flatten() {
        if !name.starts_with("mayRead") {
            *right = json!(false);
        }
    }
}

/// `id` is always there.
fn only(object: &mut Object, properties: &[String]) {
    object.retain(|name, _| name == "id" || properties.iter().any(|wanted| wanted == name));
}
