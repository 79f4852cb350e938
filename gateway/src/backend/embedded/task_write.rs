//! Task/set: how far the pupil is.

use async_trait::async_trait;
use serde_json::json;
use tornister_protocol::tasks::Task;

use super::{
    change::{Change, Item},
    view::{View, repeats},
};
use crate::backend::{BackendError, Batch, Kind as _, Outcome, Patch, Refusal, RefusalKind, Writer};

#[async_trait]
impl Writer<Task> for View {
    async fn set(&self, batch: Batch<Task>) -> Result<Outcome, BackendError> {
        let scope = self.scopes.own();
        let (mut change, mut outcome) = self.begin::<Task>(batch.if_in_state.as_ref()).await?;
        for (id, patch) in &batch.update {
            let result = update(&mut change, scope, id, patch).await?;
            outcome.note_updated(id, result);
        }
        for id in &batch.destroy {
            let exists = change.read(scope, Task::NAME, id).await?.is_some();
            let refusal = if exists {
                Refusal::new(RefusalKind::Forbidden, "only the school destroys these")
            } else {
                Refusal::not_found()
            };
            outcome.note_destroyed(id, Err(refusal));
        }
        self.finish::<Task>(change, outcome).await
    }
}

async fn update(
    change: &mut Change,
    scope: &str,
    id: &str,
    patch: &Patch<Task>,
) -> Result<Result<(), Refusal>, BackendError> {
    let Some(mut object) = change.read(scope, Task::NAME, id).await? else {
        return Ok(Err(Refusal::not_found()));
    };
    if let Err(refusal) = repeats(&object, &patch.repeated) {
        return Ok(Err(refusal));
    }
    if let Some(progress) = patch.update.progress {
        object.insert("progress".to_owned(), json!(progress));
    }
    change.put(scope, Task::NAME, id, &Item::plain(object)).await?;
    Ok(Ok(()))
}
