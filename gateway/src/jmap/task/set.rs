//! Task/set: how far the pupil is.

use serde::Deserialize as _;
use serde_json::{Map, Value};
use tornister_protocol::{
    core::{SetError, SetErrorKind},
    tasks::{Progress, Task},
};

use crate::{backend::TaskUpdate, jmap::standard::Changed};

impl Changed for Task {
    fn update(patch: &Map<String, Value>) -> Result<TaskUpdate, SetError> {
        let mut update = TaskUpdate::default();
        for (path, value) in patch {
            let refused = |description: &str| SetError {
                kind: SetErrorKind::InvalidProperties,
                description: Some(description.to_owned()),
                properties: Some(vec![path.clone()]),
            };
            if path != "progress" {
                return Err(refused("only progress can be changed"));
            }
            let progress =
                Progress::deserialize(value).map_err(|_| refused("not a progress (RFC 8984 §5.2.5)"))?;
            update.progress = Some(progress);
        }
        Ok(update)
    }
}
