//! Task/set: how far the pupil is.

use serde_json::{Map, Value};
use tornister_protocol::{
    core::MethodError,
    tasks::{Progress, Task},
};

use crate::{
    backend::{Never, Object, Refusal, RefusalKind, TaskUpdate},
    jmap::standard::{Changed, Creating, no_such_path},
};

impl Changed for Task {
    const SERVER_SET: &'static [&'static str] = &["id"];

    async fn create(_: &Creating<'_>, _: Object) -> Result<Result<Never, Refusal>, MethodError> {
        Ok(Err(Refusal::new(RefusalKind::Forbidden, "only the school makes these")))
    }

    fn update(patch: &Map<String, Value>) -> Result<TaskUpdate, Refusal> {
        let mut update = TaskUpdate::default();
        for (path, value) in patch {
            if path != "progress" {
                return Err(no_such_path(path));
            }
            let progress = serde::Deserialize::deserialize(value)
                .map_err(|_| Refusal::property(path, "not a progress (RFC 8984 §5.2.5)"))?;
            update.progress = Some::<Progress>(progress);
        }
        Ok(update)
    }
}
