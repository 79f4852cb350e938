//! From the server's objects to records.

use tornister_protocol::{mail::Email, time::UtcDate};

use super::Work;
use crate::{
    engine::blobs,
    flaw::{self, Flaw},
    json,
    kind::{DataType, Kind},
    outbox::{self, Change},
    record::{Record, WantedBody},
    store::Batch,
};

/// Removes an object and what hangs on it.
pub(in crate::engine) fn remove(batch: &mut Batch, data_type: DataType, id: String) {
    if data_type == DataType::Email {
        for kind in [Kind::Blob, Kind::BlobWanted] {
            batch.delete_prefixes.push((kind, format!("{id}/")));
        }
        for kind in [Kind::EmailBody, Kind::BodyWanted] {
            batch.deletes.push((kind, id.clone()));
        }
    }
    batch.deletes.push((data_type.kind(), id));
}

impl Work<'_> {
    pub(super) fn met(&mut self, data_type: DataType) -> Option<&mut Vec<String>> {
        self.sweeps.iter_mut().find(|(swept, _)| *swept == data_type).map(|(_, met)| met)
    }

    /// Notes what a resynchronisation has met.
    pub(super) fn meet(&mut self, data_type: DataType, records: &[Record]) {
        if let Some(met) = self.met(data_type) {
            let own = records.iter().filter(|record| record.kind == data_type.kind());
            met.extend(own.map(|record| record.id.clone()));
        }
    }

    /// The object is gone, whatever an earlier part of the answer said.
    pub(super) fn remove(&mut self, data_type: DataType, id: String) {
        let of_it = |record: &Record| {
            let own = record.kind == data_type.kind() && record.id == id;
            let of_mail = matches!(record.kind, Kind::EmailBody | Kind::BodyWanted) && record.id == id
                || record.kind == Kind::BlobWanted && record.id.starts_with(&format!("{id}/"));
            own || (data_type == DataType::Email && of_mail)
        };
        self.outcome.batch.puts.retain(|record| !of_it(record));
        if let Some(met) = self.met(data_type) {
            met.retain(|it| *it != id);
        }
        remove(&mut self.outcome.batch, data_type, id);
    }

    /// Writes the server's objects, with the user's waiting changes laid over them, and notes what
    /// else of a mail is wanted.
    pub(super) fn put(&mut self, data_type: DataType, records: Vec<Record>) {
        if data_type == DataType::Email && !flaw::has(Flaw::ForgetsBodies) {
            self.want_the_rest(&records);
        }
        for record in records {
            let record = if record.kind == data_type.kind() {
                self.settle_by(data_type, &record);
                self.with_waiting_changes(data_type, record)
            } else {
                record
            };
            self.outcome.batch.puts.push(record);
        }
    }

    fn want_the_rest(&mut self, records: &[Record]) {
        for header in records.iter().filter(|record| record.kind == Kind::Email) {
            let Ok(mail) = json::read::<Email>(&header.payload) else { continue };
            let same = |record: &&Record| record.kind == Kind::EmailBody && record.id == header.id;
            if let Some(body) = records.iter().find(same) {
                self.want_attachments(body, mail.received_at);
            } else if self.context.policy.wants_body(&mail, self.context.now) {
                let wanted = WantedBody { id: header.id.clone(), received_at: mail.received_at };
                self.outcome.batch.puts.push(wanted.record());
            }
        }
    }

    pub(super) fn want_attachments(&mut self, body: &Record, received_at: UtcDate) {
        let wanted = blobs::wanted(body, received_at, self.context.policy, self.context.now);
        self.outcome.batch.puts.extend(wanted);
    }

    fn with_waiting_changes(&self, data_type: DataType, record: Record) -> Record {
        let waiting: Vec<&Change> = self
            .rows
            .iter()
            .filter(|row| row.status.waits())
            .filter(|row| row.change.target() == Some((data_type, record.id.as_str())))
            .map(|row| &row.change)
            .collect();
        if waiting.is_empty() {
            return record;
        }
        let json = String::from_utf8_lossy(&record.payload);
        outbox::apply(data_type, &json, waiting).ok().flatten().unwrap_or(record)
    }
}
