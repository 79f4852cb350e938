//! Changes that a device names, to be carried out once, however often their request arrives: the vendor's
//! own argument of `/set` (docs/protocol.md).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tornister_protocol::{capability::SCHOOL, core::MethodError};

use super::creation::is_id;
use crate::{
    backend::{Object, Operation, ReadWrite},
    jmap::method::{Call, backend_error, invalid_arguments},
};

const ARGUMENT: &str = "tornister.app:operationIds";

#[derive(Deserialize)]
struct Args {
    /// By id of the object and path in its patch.
    #[serde(rename = "tornister.app:operationIds")]
    ids: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

/// Takes out of the patches what was carried out before; answers the names of the rest.
pub async fn take_done(
    call: &Call<'_>,
    writers: &ReadWrite,
    update: &mut BTreeMap<String, Object>,
) -> Result<Vec<Operation>, MethodError> {
    let named = if call.using.iter().any(|used| used == SCHOOL) { call.parse::<Args>()?.ids } else { None };
    let named = named.unwrap_or_default();
    let mut ids = BTreeSet::new();
    for (object, paths) in &named {
        let patch = update.get(object);
        for (path, id) in paths {
            let at = || format!("'{ARGUMENT}/{object}/{path}'");
            if patch.is_none_or(|patch| !patch.contains_key(path)) {
                return Err(invalid_arguments(format!("{} names what 'update' does not change", at())));
            }
            if !is_id(id) || !ids.insert(id.clone()) {
                let description = format!("{} is no Id (RFC 8620 §1.2), or not the only one such", at());
                return Err(invalid_arguments(description));
            }
        }
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = ids.into_iter().collect();
    let done = writers.operations.carried_out(&ids).await.map_err(backend_error)?;
    let mut rest = Vec::new();
    for (object, paths) in named {
        for (path, id) in paths {
            if !done.contains(&id) {
                rest.push(Operation { object: object.clone(), id });
            } else if let Some(patch) = update.get_mut(&object) {
                patch.remove(&path);
            }
        }
    }
    Ok(rest)
}
