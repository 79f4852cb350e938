//! Reading and writing.

use indexed_db_futures::{prelude::*, transaction::TransactionDurability};
use js_sys::Object;
use tornister_sync::{
    kind::Kind,
    outbox::{self, Change, OutboxRow, Status},
    store::{Batch, KeyRange, Question, Store, StoreError},
};

use super::{
    IdbStore, commit, random_name,
    rows::{StoredChange, record_key, to_key, to_number, whole_kind},
};
use crate::{
    ahead, js, schema,
    writer::{self, Writer},
};

impl Store for IdbStore {
    async fn get(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.rows(&Question::Record(kind, id.to_owned())).await?;
        Ok(self.open_rows(kind, rows.into_iter()).pop())
    }

    async fn some(&self, kind: Kind, ids: &[String]) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.read(schema::RECORDS)?;
        let asked = ids.iter().map(|id| Question::Record(kind, id.clone()));
        // All are sent before one is waited for.
        let asked: Vec<_> = asked.map(|it| ahead::ask(&it, &transaction)).collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for (id, rows) in ids.iter().zip(asked) {
            let payload = self.open_rows(kind, rows.await?.into_iter()).pop();
            found.extend(payload.map(|payload| (id.clone(), payload)));
        }
        Ok(found)
    }

    async fn known(&self, kind: Kind, ids: &[String]) -> Result<Vec<String>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.read(schema::RECORDS)?;
        let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
        let asked = ids.iter().map(|id| records.get_key::<String, _>(record_key(kind, id)).primitive());
        let asked: Vec<_> = asked.collect::<Result<_, _>>().map_err(js::error)?;
        let mut known = Vec::new();
        for (id, key) in ids.iter().zip(asked) {
            known.extend(key.await.map_err(js::error)?.map(|_| id.clone()));
        }
        Ok(known)
    }

    async fn range(&self, kind: Kind, range: &KeyRange, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        if range.from >= range.to || limit == 0 {
            return Ok(Vec::new());
        }
        let rows = self.rows(&Question::List(kind, range.clone(), limit)).await?;
        Ok(self.open_rows(kind, rows.into_iter()))
    }

    async fn all(&self, kind: Kind) -> Result<Vec<Vec<u8>>, StoreError> {
        let transaction = self.read(schema::RECORDS)?;
        let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
        let rows = records.get_all::<Object>().with_query::<String, _>(whole_kind(kind));
        let rows = rows.await.map_err(js::error)?;
        let rows = rows.collect::<Result<Vec<_>, _>>().map_err(js::error)?;
        Ok(self.open_rows(kind, rows.into_iter()))
    }

    async fn ids(&self, kind: Kind) -> Result<Vec<String>, StoreError> {
        let transaction = self.read(schema::RECORDS)?;
        let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
        let keys = records.get_all_keys::<String>().with_query::<String, _>(whole_kind(kind));
        let keys = keys.await.map_err(js::error)?;
        keys.map(|key| Ok(key.map_err(js::error)?.split_off(kind.name().len() + 1))).collect()
    }

    async fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError> {
        let rows = self.rows(&Question::Outbox).await?;
        Ok(self.open_outbox(&rows))
    }

    async fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let rows = batch.puts.iter().map(|it| self.sealed_row(it)).collect::<Result<Vec<_>, _>>()?;
        let changes = batch
            .outbox_puts
            .iter()
            .map(|row| {
                let (change, operation) = (row.change.clone(), row.operation.clone());
                let stored = StoredChange { change, operation, status: row.status.clone() };
                Ok((row.number, self.sealed_change(row.number, &stored)?))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;

        let concerns_the_user = !changes.is_empty() || !batch.outbox_deletes.is_empty();
        let durability =
            if concerns_the_user { TransactionDurability::Strict } else { TransactionDurability::Relaxed };
        let transaction = self.write(durability)?;
        let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
        let outbox = transaction.object_store(schema::OUTBOX).map_err(js::error)?;
        // All that has to hold is asked for before one answer is waited for.
        let points = || records.get_all::<Object>().with_query::<String, _>(whole_kind(Kind::SyncPoint));
        let points = batch.expected_points.as_ref().map(|_| points().primitive()).transpose();
        let points = points.map_err(js::error)?;
        if let Some(expected) = &batch.expected_outbox
            && self.outbox_in(&transaction).await? != *expected
        {
            transaction.abort().await.map_err(js::error)?;
            return Err(StoreError::OutboxMoved);
        }
        if let (Some(expected), Some(points)) = (&batch.expected_points, points) {
            let points =
                points.await.map_err(js::error)?.collect::<Result<Vec<_>, _>>().map_err(js::error)?;
            if self.open_rows(Kind::SyncPoint, points.into_iter()) != *expected {
                transaction.abort().await.map_err(js::error)?;
                return Err(StoreError::PointsMoved);
            }
        }
        if let Some((kind, id)) = &batch.only_with {
            let owner = records.get::<Object, _, _>(record_key(*kind, id)).await.map_err(js::error)?;
            if owner.is_none() {
                transaction.abort().await.map_err(js::error)?;
                return Err(StoreError::Gone);
            }
        }
        // Requests of one transaction are carried out in the order in which they are made; a failed
        // one aborts the transaction, which the commit then tells. So none is waited for.
        let (records, outbox) = (Writer::of(&records), Writer::of(&outbox));
        for (kind, id) in &batch.deletes {
            records.delete(&record_key(*kind, id).into())?;
        }
        for (kind, prefix) in &batch.delete_prefixes {
            let from = record_key(*kind, prefix);
            records.delete(&writer::range(&from, &format!("{from}\u{ffff}"))?)?;
        }
        for (key, row) in rows {
            records.put(&key, &row)?;
        }
        for number in &batch.outbox_deletes {
            outbox.delete(&to_key(*number).into())?;
        }
        for (number, sealed) in changes {
            outbox.put(&to_key(number).into(), &sealed)?;
        }
        commit(transaction).await
    }

    async fn enqueue(&self, change: Change) -> Result<Option<u64>, StoreError> {
        let Some((data_type, id)) = change.target() else { return Ok(None) };
        let operation = random_name()?;
        let kind = data_type.kind();
        let transaction = self.write(TransactionDurability::Strict)?;
        let record = ahead::ask(&Question::Record(kind, id.to_owned()), &transaction)?;
        let Some(row) = record.await?.pop() else { return Ok(None) };
        let payload = self.open_row(kind, &row)?;
        let json = std::str::from_utf8(&payload).map_err(|_| StoreError::Unreadable { kind })?;
        let changed =
            outbox::apply(data_type, json, [&change]).map_err(|bad| StoreError::Malformed(bad.source))?;
        let Some(changed) = changed else { return Ok(None) };
        let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
        let outbox = transaction.object_store(schema::OUTBOX).map_err(js::error)?;
        let (key, row) = self.sealed_row(&changed)?;
        Writer::of(&records).put(&key, &row)?;

        let writer = Writer::of(&outbox);
        for earlier in self.outbox_in(&transaction).await? {
            if earlier.status == Status::Pending && change.overrides(&earlier.change) {
                writer.delete(&to_key(earlier.number).into())?;
            }
        }
        // The number is part of what is sealed, and known only once the row is there.
        let added = outbox.add(Object::new()).with_key_type::<f64>().primitive().map_err(js::error)?;
        let number = to_number(added.await.map_err(js::error)?);
        let stored = StoredChange { change, operation, status: Status::Pending };
        let sealed = self.sealed_change(number, &stored)?;
        writer.put(&to_key(number).into(), &sealed)?;
        commit(transaction).await?;
        Ok(Some(number))
    }

    async fn clear(&self) -> Result<(), StoreError> {
        let transaction = self.write(TransactionDurability::Strict)?;
        for store in [schema::RECORDS, schema::OUTBOX] {
            let store = transaction.object_store(store).map_err(js::error)?;
            let _sent = store.clear().map_err(js::error)?;
        }
        commit(transaction).await
    }
}
