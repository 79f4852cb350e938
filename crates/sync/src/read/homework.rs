//! Homework.

use tornister_protocol::{id::TaskId, tasks::Task};

use super::{EVERYTHING, Reader};
use crate::{
    kind::Kind,
    record::{DONE, OPEN, prefix_range},
    store::{Store, StoreError},
};

impl<S: Store> Reader<S> {
    /// Homework to do, the most urgent first; what has no due day comes last.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn open_tasks(&self) -> Result<Vec<Task>, StoreError> {
        self.list(Kind::Task, &prefix_range(OPEN), EVERYTHING).await
    }

    /// At most `limit` pieces of homework that are done, the latest due day first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn done_tasks(&self, limit: usize) -> Result<Vec<Task>, StoreError> {
        self.list(Kind::Task, &prefix_range(DONE), limit).await
    }

    /// One piece of homework.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn task(&self, id: &TaskId) -> Result<Option<Task>, StoreError> {
        self.one(Kind::Task, id.as_str()).await
    }
}
