//! Fetching a mail's body because the user opened it.

use serde_json::value::RawValue;
use tornister_protocol::{core::GetResponse, id::EmailId, mail::EmailBody};

use super::{
    Engine, SyncError,
    answers::Answers,
    delta, methods,
    request::{Builder, call},
};
use crate::{
    json,
    kind::{DataType, Kind},
    store::{Batch, Store, StoreError, room::Wish},
    transport::Transport,
};

impl<S: Store, T: Transport> Engine<S, T> {
    /// Fetches a mail's body and keeps it; `None` where the server has the mail no more. May be
    /// called while a sync runs.
    ///
    /// # Errors
    /// Where the server cannot be reached or does not answer for mail, or the device cannot write.
    pub async fn fetch_body(&self, email: &EmailId) -> Result<Option<EmailBody>, SyncError> {
        let ids = [email.0.clone()];
        let mut builder = Builder::new(&self.link);
        builder.get(DataType::Email, methods::body_part(), call::BODIES, Some(&ids));
        let response = self.transport.call(&builder.request()).await?;
        let answer: Result<GetResponse<&RawValue>, _> =
            Answers::of(&response).read(DataType::Email, call::BODIES);
        let answer = answer.map_err(SyncError::Method)?;
        let records = delta::objects(Kind::EmailBody, &ids, &answer);
        let Some(record) = records.map_err(|error| SyncError::Method(error.into()))?.pop() else {
            return Ok(None);
        };
        let body = json::read(&record.payload).map_err(StoreError::from)?;
        let mut batch = Batch {
            puts: vec![record],
            deletes: vec![(Kind::BodyWanted, email.0.clone())],
            only_with: Some((Kind::Email, email.0.clone())),
            ..Batch::default()
        };
        match self.write(&mut batch, Wish::User).await {
            // The mail went while its body was under way: it is shown once more, and not kept.
            Err(StoreError::Gone) | Ok(_) => Ok(Some(body)),
            Err(error) => Err(error.into()),
        }
    }
}
