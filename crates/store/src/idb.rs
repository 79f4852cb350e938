//! The store itself.
//!
//! - [`access`]: reading and writing.
//! - [`rows`]: records and changes as rows, sealed, and what to do with rows that do not open.

mod access;
pub(crate) mod rows;

use std::{cell::RefCell, rc::Rc};

use indexed_db_futures::{
    database::Database,
    internals::SystemRepr as _,
    prelude::*,
    transaction::{Transaction, TransactionDurability, TransactionMode, TransactionOptions},
};
use js_sys::Object;
use tornister_sync::{
    kind::Kind,
    store::{Question, StoreError},
};
use wasm_bindgen::JsCast as _;

use crate::{
    ahead::{self, Ahead},
    js, living,
    schema::{self, End, Ended},
    seal::Sealer,
    vault::{self, Kept, KeyPolicy, Pass},
};

/// A name that nothing else has, on any device.
fn random_name() -> Result<String, StoreError> {
    let name = getrandom::u64().map_err(|error| StoreError::Backend(error.to_string()))?;
    Ok(format!("{name:016x}"))
}

/// One account's store in IndexedDB. Clones share the connection.
#[derive(Clone, Debug)]
pub struct IdbStore(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    account: String,
    database: Database,
    end: End,
    sealer: Sealer,
    /// The key, where no database keeps it.
    pass: Option<Pass>,
    ahead: Ahead,
    /// Who hears of records that do not open.
    on_broken: OnBroken,
}

type Hear = Box<dyn Fn(Vec<(Kind, String)>)>;

#[derive(Default)]
struct OnBroken(RefCell<Option<Hear>>);

impl std::fmt::Debug for OnBroken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnBroken")
    }
}

impl IdbStore {
    /// Makes a store under a random name, which says nothing about whose it is.
    ///
    /// # Errors
    /// Where the browser cannot keep data or make keys.
    pub async fn create_new(policy: KeyPolicy) -> Result<Self, StoreError> {
        Self::create(&random_name()?, policy).await
    }

    /// Makes a store for the account of this name.
    ///
    /// # Errors
    /// Where the browser cannot keep data, or not the key that the policy wants to be kept: some
    /// browsers' private windows do not.
    pub async fn create(account: &str, policy: KeyPolicy) -> Result<Self, StoreError> {
        let broken = || StoreError::Backend("the new database lacks parts".to_owned());
        let (database, end) = schema::create(account).await?.ok_or_else(broken)?;
        let key = vault::create(&database, policy).await?;
        let pass = (policy == KeyPolicy::Memory).then(|| Pass::of(&key));
        Ok(Self::assemble(account, database, end, &key, pass, Ahead::default()))
    }

    /// Opens the account's store; `None` where it holds no key, so nothing in it can be read.
    ///
    /// # Errors
    /// Where the database cannot be opened; [`StoreError::Newer`] where it is of a newer version.
    pub async fn open(account: &str) -> Result<Option<Self>, StoreError> {
        Self::open_ahead(account, Vec::new()).await
    }

    /// The same, and reads along with the key what will be asked first: each of these questions finds
    /// its answer here, once. See [`IdbStore::forget_ahead`].
    ///
    /// # Errors
    /// Where the database cannot be opened or read.
    pub async fn open_ahead(account: &str, questions: Vec<Question>) -> Result<Option<Self>, StoreError> {
        let Some((database, end)) = schema::open(account).await? else { return Ok(None) };
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
        let key = match key {
            Some(row) => vault::read(&row).await?,
            None => Kept::Nowhere,
        };
        let Kept::Key(key) = key else { return Ok(None) };
        Ok(Some(Self::assemble(account, database, end, &key, None, answers)))
    }

    /// What was read ahead is old: somebody has written meanwhile.
    pub fn forget_ahead(&self) {
        self.0.ahead.forget();
    }

    /// Opens a store whose key is in memory: the page's in its worker, or the other way round. `None`
    /// where the store is gone.
    ///
    /// # Errors
    /// Where the database cannot be opened.
    pub async fn open_with(account: &str, pass: Pass) -> Result<Option<Self>, StoreError> {
        let Some((database, end)) = schema::open(account).await? else { return Ok(None) };
        let key = pass.key().clone();
        Ok(Some(Self::assemble(account, database, end, &key, Some(pass), Ahead::default())))
    }

    fn assemble(
        account: &str,
        database: Database,
        end: End,
        key: &vault::Key,
        pass: Option<Pass>,
        ahead: Ahead,
    ) -> Self {
        if pass.is_some() {
            living::hold(account);
        }
        let sealer = Sealer::new(key, account);
        Self(Rc::new(Inner {
            account: account.to_owned(),
            database,
            end,
            sealer,
            pass,
            ahead,
            on_broken: OnBroken::default(),
        }))
    }

    /// The key, where no database keeps it: whoever gets it can open the store within this tab.
    #[must_use]
    pub fn pass(&self) -> Option<Pass> {
        self.0.pass.clone()
    }

    /// Waits until the store is of no use any more, and tells why. Every call after that fails with
    /// [`StoreError::Closed`]; nothing keeps the other tab waiting.
    pub async fn ended(&self) -> Ended {
        match self.0.end.get() {
            Some(ended) => ended,
            None => schema::wait(&self.0.database).await,
        }
    }

    /// From now on `hear` gets the kinds and ids of records that do not open. They are left out of every
    /// answer; [`tornister_sync::engine::repair()`] removes them and has them fetched again.
    pub fn on_broken(&self, hear: impl Fn(Vec<(Kind, String)>) + 'static) {
        *self.0.on_broken.0.borrow_mut() = Some(Box::new(hear));
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

    /// Deletes the database of an account that cannot be opened, unless it belongs to a tab that is
    /// open and has the key in its memory.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn clear_away(account: &str) -> Result<(), StoreError> {
        if living::is_left_behind(account).await { schema::delete(account).await } else { Ok(()) }
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

    /// A transaction over records and outbox. What the user did is on the disk before anybody is told
    /// that it is safe; what the server has as well may be lost with the power, whole batches of it.
    fn write(&self, durability: TransactionDurability) -> Result<Transaction<'_>, StoreError> {
        let stores = self.0.database.transaction([schema::RECORDS, schema::OUTBOX]);
        let options = TransactionOptions::new().with_durability(durability);
        stores.with_mode(TransactionMode::Readwrite).with_options(options).build().map_err(js::error)
    }
}

/// Commits. A browser that finds no room while it commits says so on the transaction alone.
pub(crate) async fn commit(transaction: Transaction<'_>) -> Result<(), StoreError> {
    let raw: web_sys::IdbTransaction =
        transaction.as_sys().unchecked_ref::<web_sys::IdbTransaction>().clone();
    transaction.commit().await.map_err(|error| match raw.error() {
        Some(exception) => js::exception(&exception).unwrap_or_else(|| js::error(error)),
        None => js::error(error),
    })
}
