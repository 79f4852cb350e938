//! A store in memory, for tests: it names changes by their numbers, which others have too.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{Batch, KeyRange, Store, StoreError};
use crate::{
    kind::{DataType, Kind},
    outbox::{self, Change, OutboxRow, Status},
    record::Record,
};

/// A store in memory. Clones share their contents, as two tabs share a database.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Rc<RefCell<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    records: BTreeMap<(Kind, String), Record>,
    /// Kind, key, id.
    index: BTreeSet<(Kind, String, String)>,
    outbox: BTreeMap<u64, OutboxRow>,
    last_number: u64,
}

impl Contents {
    fn remove(&mut self, kind: Kind, id: &str) {
        if let Some(record) = self.records.remove(&(kind, id.to_owned())) {
            for key in record.keys {
                self.index.remove(&(kind, key, record.id.clone()));
            }
        }
    }

    fn put(&mut self, record: Record) {
        self.remove(record.kind, &record.id);
        for key in &record.keys {
            self.index.insert((record.kind, key.clone(), record.id.clone()));
        }
        self.records.insert((record.kind, record.id.clone()), record);
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.records
            .range((kind, String::new())..)
            .map(|(_, record)| record)
            .take_while(move |r| r.kind == kind)
    }
}

impl Store for MemoryStore {
    async fn get(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.borrow().records.get(&(kind, id.to_owned())).map(|record| record.payload.clone()))
    }

    async fn some(&self, kind: Kind, ids: &[String]) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let contents = self.0.borrow();
        let found = ids.iter().filter_map(|id| contents.records.get(&(kind, id.clone())));
        Ok(found.map(|record| (record.id.clone(), record.payload.clone())).collect())
    }

    async fn known(&self, kind: Kind, ids: &[String]) -> Result<Vec<String>, StoreError> {
        let contents = self.0.borrow();
        let is_there = |id: &&String| contents.records.contains_key(&(kind, (*id).clone()));
        Ok(ids.iter().filter(is_there).cloned().collect())
    }

    async fn range(&self, kind: Kind, range: &KeyRange, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        if range.from >= range.to {
            return Ok(Vec::new());
        }
        let contents = self.0.borrow();
        let from = (kind, range.from.clone(), String::new());
        let to = (kind, range.to.clone(), String::new());
        let ids = contents.index.range(from..to).map(|(kind, _, id)| (*kind, id.clone()));
        Ok(ids.filter_map(|id| contents.records.get(&id)).map(|r| r.payload.clone()).take(limit).collect())
    }

    async fn all(&self, kind: Kind) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(self.0.borrow().of_kind(kind).map(|record| record.payload.clone()).collect())
    }

    async fn ids(&self, kind: Kind) -> Result<Vec<String>, StoreError> {
        Ok(self.0.borrow().of_kind(kind).map(|record| record.id.clone()).collect())
    }

    async fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(self.0.borrow().outbox.values().cloned().collect())
    }

    async fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut contents = self.0.borrow_mut();
        if batch
            .expected_outbox
            .as_ref()
            .is_some_and(|expected| !contents.outbox.values().eq(expected.iter()))
        {
            return Err(StoreError::OutboxMoved);
        }
        let points = || contents.of_kind(Kind::SyncPoint).map(|record| &record.payload);
        if batch.expected_points.as_ref().is_some_and(|expected| !points().eq(expected.iter())) {
            return Err(StoreError::PointsMoved);
        }
        if batch.only_with.as_ref().is_some_and(|owner| !contents.records.contains_key(owner)) {
            return Err(StoreError::Gone);
        }
        for (kind, id) in &batch.deletes {
            contents.remove(*kind, id);
        }
        for (kind, prefix) in &batch.delete_prefixes {
            let ids: Vec<String> = contents
                .of_kind(*kind)
                .filter(|record| record.id.starts_with(prefix.as_str()))
                .map(|record| record.id.clone())
                .collect();
            for id in ids {
                contents.remove(*kind, &id);
            }
        }
        for record in &batch.puts {
            contents.put(record.clone());
        }
        for number in &batch.outbox_deletes {
            contents.outbox.remove(number);
        }
        for row in &batch.outbox_puts {
            contents.outbox.insert(row.number, row.clone());
        }
        Ok(())
    }

    async fn enqueue(&self, change: Change) -> Result<Option<u64>, StoreError> {
        let mut contents = self.0.borrow_mut();
        let Some((data_type, id)) = change.target() else { return Ok(None) };
        let Some(changed) = changed_record(&contents, data_type, id, &change)? else { return Ok(None) };
        contents.put(changed);
        contents.outbox.retain(|_, row| row.status != Status::Pending || !change.overrides(&row.change));
        contents.last_number += 1;
        let number = contents.last_number;
        let operation = format!("memory-{number}");
        contents.outbox.insert(number, OutboxRow { number, change, operation, status: Status::Pending });
        Ok(Some(number))
    }

    async fn clear(&self) -> Result<(), StoreError> {
        let mut contents = self.0.borrow_mut();
        contents.records.clear();
        contents.index.clear();
        contents.outbox.clear();
        Ok(())
    }
}

fn changed_record(
    contents: &Contents,
    data_type: DataType,
    id: &str,
    change: &Change,
) -> Result<Option<Record>, StoreError> {
    let kind = data_type.kind();
    let Some(record) = contents.records.get(&(kind, id.to_owned())) else { return Ok(None) };
    let json = std::str::from_utf8(&record.payload).map_err(|_| StoreError::Unreadable { kind })?;
    outbox::apply(data_type, json, [change]).map_err(|bad| StoreError::Malformed(bad.source))
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    fn open(_name: &str) -> std::future::Ready<MemoryStore> {
        std::future::ready(MemoryStore::default())
    }

    crate::store_conformance!(open, #[pollster::test]);
}
