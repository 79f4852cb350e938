//! The store itself.

use std::rc::Rc;

use indexed_db_futures::{
    KeyRange as IdbRange,
    database::Database,
    object_store::ObjectStore,
    prelude::*,
    transaction::{Transaction, TransactionMode},
};
use js_sys::Object;
use serde::{Deserialize, Serialize};
use tornister_sync::{
    json,
    kind::Kind,
    outbox::{self, Change, OutboxRow, Status},
    record::Record,
    store::{Batch, KeyRange, Question, Store, StoreError},
};

use crate::{
    ahead::{self, Ahead},
    js, schema,
    seal::Sealer,
    vault,
};

/// Where the outbox's rows are sealed to.
const OUTBOX_PLACE: &str = "outbox";

/// One account's store in IndexedDB. Clones share the connection.
#[derive(Clone, Debug)]
pub struct IdbStore(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    account: String,
    database: Database,
    sealer: Sealer,
    ahead: Ahead,
}

/// A row of the outbox, without its number, which is its key.
#[derive(Serialize, Deserialize)]
struct StoredChange {
    change: Change,
    #[serde(default)]
    status: Status,
}

impl IdbStore {
    /// Makes a store under a random name, which says nothing about whose it is.
    ///
    /// # Errors
    /// Where the browser cannot keep data or make keys.
    pub async fn create_new() -> Result<Self, StoreError> {
        let name = getrandom::u64().map_err(|error| StoreError::Backend(error.to_string()))?;
        Self::create(&format!("{name:016x}")).await
    }

    /// Makes a store for the account of this name, with a key that this device keeps.
    ///
    /// # Errors
    /// Where the browser cannot keep data or make keys.
    pub async fn create(account: &str) -> Result<Self, StoreError> {
        let database = schema::open(account).await?;
        let key = vault::create(&database).await?;
        Ok(Self::assemble(account, database, &key, Ahead::default()))
    }

    /// Opens the account's store; `None` where it holds no key, so nothing in it can be read.
    ///
    /// # Errors
    /// Where the database cannot be opened.
    pub async fn open(account: &str) -> Result<Option<Self>, StoreError> {
        Self::open_ahead(account, Vec::new()).await
    }

    /// The same, and reads along with the key what will be asked first: each of these questions finds
    /// its answer here, once. See [`IdbStore::forget_ahead`].
    ///
    /// # Errors
    /// Where the database cannot be opened or read.
    pub async fn open_ahead(account: &str, questions: Vec<Question>) -> Result<Option<Self>, StoreError> {
        let database = schema::open(account).await?;
        let answers = Ahead::default();
        let key = {
            let stores = database.transaction([schema::KEY, schema::RECORDS, schema::OUTBOX]);
            let transaction = stores.build().map_err(js::error)?;
            // All are sent before one is waited for.
            let asked: Vec<_> = questions
                .iter()
                .map(|question| ahead::ask(question, &transaction))
                .collect::<Result<_, _>>()?;
            let keys = transaction.object_store(schema::KEY).map_err(js::error)?;
            let key = vault::row(&keys).await?;
            for (question, rows) in questions.iter().zip(asked) {
                answers.put(question.clone(), rows.await?);
            }
            key
        };
        let Some(key) = key else { return Ok(None) };
        let Some(key) = vault::unwrap(&key).await? else { return Ok(None) };
        Ok(Some(Self::assemble(account, database, &key, answers)))
    }

    /// What was read ahead is old: somebody has written meanwhile.
    pub fn forget_ahead(&self) {
        self.0.ahead.forget();
    }

    fn assemble(account: &str, database: Database, key: &vault::Key, ahead: Ahead) -> Self {
        let sealer = Sealer::new(key, account);
        Self(Rc::new(Inner { account: account.to_owned(), database, sealer, ahead }))
    }

    /// The account's name on this device.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.0.account
    }

    /// Deletes the database with everything in it, the key too. Other clones are of no use after.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn destroy(self) -> Result<(), StoreError> {
        self.0.database.clone().close();
        schema::delete(&self.0.account).await
    }

    /// Deletes the database of an account that cannot be opened.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn destroy_unopened(account: &str) -> Result<(), StoreError> {
        schema::delete(account).await
    }

    /// The rows that answer a question, where nobody has read them ahead in a transaction of their own.
    async fn rows(&self, question: &Question) -> Result<Vec<Object>, StoreError> {
        if let Some(rows) = self.0.ahead.take(question) {
            return Ok(rows);
        }
        let transaction = self.read(ahead::object_store(question))?;
        ahead::ask(question, &transaction)?.await
    }

    fn read(&self, store: &str) -> Result<Transaction<'_>, StoreError> {
        self.0.database.transaction(store).build().map_err(js::error)
    }

    fn write(&self) -> Result<Transaction<'_>, StoreError> {
        let stores = self.0.database.transaction([schema::RECORDS, schema::OUTBOX]);
        stores.with_mode(TransactionMode::Readwrite).build().map_err(js::error)
    }

    fn open_row(&self, kind: Kind, row: &Object) -> Result<Vec<u8>, StoreError> {
        let unreadable = || StoreError::Unreadable { kind };
        let (key, sealed) = js::read_row(row).ok_or_else(unreadable)?;
        let id =
            key.strip_prefix(kind.name()).and_then(|rest| rest.strip_prefix('/')).ok_or_else(unreadable)?;
        self.0.sealer.open(kind.name(), id, &sealed).map_err(|_| unreadable())
    }

    /// A record as a row, sealed; made before a transaction is opened wherever possible.
    fn sealed_row(&self, record: &Record) -> Result<(String, Object), StoreError> {
        let kind = record.kind.name();
        let sealed = self.0.sealer.seal(kind, &record.id, &record.payload);
        let sealed = sealed.map_err(|error| StoreError::Backend(error.to_string()))?;
        let key = record_key(record.kind, &record.id);
        let lists = record.keys.iter().map(|list| format!("{kind}/{list}"));
        let row = js::row(&key, lists, &sealed);
        Ok((key, row))
    }

    fn sealed_change(&self, number: u64, change: &StoredChange) -> Result<Object, StoreError> {
        let payload = serde_json::to_vec(change)?;
        let sealed = self.0.sealer.seal(OUTBOX_PLACE, &number.to_string(), &payload);
        let sealed = sealed.map_err(|error| StoreError::Backend(error.to_string()))?;
        Ok(js::row(&number.to_string(), std::iter::empty(), &sealed))
    }

    async fn outbox_in(&self, store: &ObjectStore<'_>) -> Result<Vec<OutboxRow>, StoreError> {
        let rows = store.get_all::<Object>().await.map_err(js::error)?;
        self.open_outbox(rows.map(|row| row.map_err(js::error)))
    }

    fn open_outbox(
        &self,
        rows: impl Iterator<Item = Result<Object, StoreError>>,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let mut outbox = Vec::new();
        for row in rows {
            let broken = || StoreError::Backend("a row of the outbox cannot be read".to_owned());
            let (key, sealed) = js::read_row(&row?).ok_or_else(broken)?;
            let opened = self.0.sealer.open(OUTBOX_PLACE, &key, &sealed).map_err(|_| broken())?;
            let number = key.parse().map_err(|_| broken())?;
            let StoredChange { change, status } = json::read(&opened)?;
            outbox.push(OutboxRow { number, change, status });
        }
        Ok(outbox)
    }
}

impl Store for IdbStore {
    async fn get(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.rows(&Question::Record(kind, id.to_owned())).await?;
        rows.first().map(|row| self.open_row(kind, row)).transpose()
    }

    async fn range(&self, kind: Kind, range: &KeyRange, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        if range.from >= range.to || limit == 0 {
            return Ok(Vec::new());
        }
        let rows = self.rows(&Question::List(kind, range.clone(), limit)).await?;
        rows.iter().map(|row| self.open_row(kind, row)).collect()
    }

    async fn all(&self, kind: Kind) -> Result<Vec<Vec<u8>>, StoreError> {
        let transaction = self.read(schema::RECORDS)?;
        let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
        let rows = records.get_all::<Object>().with_query::<String, _>(whole_kind(kind));
        let rows = rows.await.map_err(js::error)?;
        rows.map(|row| self.open_row(kind, &row.map_err(js::error)?)).collect()
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
        self.open_outbox(rows.into_iter().map(Ok))
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let rows = batch.puts.iter().map(|it| self.sealed_row(it)).collect::<Result<Vec<_>, _>>()?;
        let changes = batch
            .outbox_puts
            .into_iter()
            .map(|OutboxRow { number, change, status }| {
                Ok((number, self.sealed_change(number, &StoredChange { change, status })?))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;

        let transaction = self.write()?;
        let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
        let outbox = transaction.object_store(schema::OUTBOX).map_err(js::error)?;
        if let Some(expected) = &batch.expected_outbox
            && self.outbox_in(&outbox).await? != *expected
        {
            transaction.abort().await.map_err(js::error)?;
            return Err(StoreError::OutboxMoved);
        }
        if let Some(expected) = &batch.expected_points {
            let rows = records.get_all::<Object>().with_query::<String, _>(whole_kind(Kind::SyncPoint));
            let points = rows.await.map_err(js::error)?;
            let points = points.map(|row| self.open_row(Kind::SyncPoint, &row.map_err(js::error)?));
            if points.collect::<Result<Vec<_>, _>>()? != *expected {
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
        for (kind, id) in &batch.deletes {
            let _sent = records.delete(record_key(*kind, id)).primitive().map_err(js::error)?;
        }
        for (kind, prefix) in &batch.delete_prefixes {
            let from = record_key(*kind, prefix);
            let to = format!("{from}\u{ffff}");
            let _sent = records.delete::<String, _>(from..to).primitive().map_err(js::error)?;
        }
        for (key, row) in rows {
            let _sent = records.put(row).with_key(key).primitive().map_err(js::error)?;
        }
        for number in batch.outbox_deletes {
            let _sent = outbox.delete(to_key(number)).primitive().map_err(js::error)?;
        }
        for (number, sealed) in changes {
            let _sent = outbox.put(sealed).with_key(to_key(number)).primitive().map_err(js::error)?;
        }
        transaction.commit().await.map_err(js::error)
    }

    async fn enqueue(&self, change: Change) -> Result<Option<u64>, StoreError> {
        let Some((data_type, id)) = change.target() else { return Ok(None) };
        let kind = data_type.kind();
        let transaction = self.write()?;
        let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
        let outbox = transaction.object_store(schema::OUTBOX).map_err(js::error)?;

        let row = records.get::<Object, _, _>(record_key(kind, id)).await.map_err(js::error)?;
        let Some(row) = row else { return Ok(None) };
        let payload = self.open_row(kind, &row)?;
        let json = std::str::from_utf8(&payload).map_err(|_| StoreError::Unreadable { kind })?;
        let changed =
            outbox::apply(data_type, json, [&change]).map_err(|bad| StoreError::Malformed(bad.source))?;
        let Some(changed) = changed else { return Ok(None) };
        let (key, row) = self.sealed_row(&changed)?;
        let _sent = records.put(row).with_key(key).primitive().map_err(js::error)?;

        for earlier in self.outbox_in(&outbox).await? {
            if earlier.status == Status::Pending && change.overrides(&earlier.change) {
                let _sent = outbox.delete(to_key(earlier.number)).primitive().map_err(js::error)?;
            }
        }
        // The number is part of what is sealed, and known only once the row is there.
        let added = outbox.add(Object::new()).with_key_type::<f64>().primitive().map_err(js::error)?;
        let number = to_number(added.await.map_err(js::error)?);
        let sealed = self.sealed_change(number, &StoredChange { change, status: Status::Pending })?;
        let _sent = outbox.put(sealed).with_key(to_key(number)).primitive().map_err(js::error)?;
        transaction.commit().await.map_err(js::error)?;
        Ok(Some(number))
    }

    async fn clear(&self) -> Result<(), StoreError> {
        let transaction = self.write()?;
        for store in [schema::RECORDS, schema::OUTBOX] {
            let store = transaction.object_store(store).map_err(js::error)?;
            let _sent = store.clear().map_err(js::error)?;
        }
        transaction.commit().await.map_err(js::error)
    }
}

pub(crate) fn record_key(kind: Kind, id: &str) -> String {
    format!("{}/{id}", kind.name())
}

fn whole_kind(kind: Kind) -> IdbRange<String> {
    // `0` is the character after `/`.
    IdbRange::Bound(format!("{}/", kind.name()), false, format!("{}0", kind.name()), true)
}

/// IndexedDB counts in floating-point numbers, exact up to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "no outbox ever counts to 2^53")]
fn to_key(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made by `to_key` or counted up from 1"
)]
fn to_number(key: f64) -> u64 {
    key as u64
}
