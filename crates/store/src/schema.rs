//! Opening, upgrading, finding and deleting databases.
//!
//! A schema's number counts the steps that made it: [`STEPS`] has one function for each, and a
//! database of any earlier number is taken through those that it lacks. A step never changes once a
//! phone may have gone through it; a new one is added behind.

use std::{cell::Cell, rc::Rc};

use indexed_db_futures::{
    database::{Database, VersionChangeEvent},
    error::Error,
    factory::DBFactory,
    prelude::*,
};
use tornister_sync::store::StoreError;

use crate::js;

/// What every database's name begins with.
pub const PREFIX: &str = "tornister.";

/// Object store: sealed records by `KIND/ID`.
pub(crate) const RECORDS: &str = "records";
/// Index over `records`: `KIND/KEY` for each list that a record stands in.
pub(crate) const LISTS: &str = "lists";
/// Object store: sealed changes by number.
pub(crate) const OUTBOX: &str = "outbox";
/// Object store with one row: what opens the payloads.
pub(crate) const KEY: &str = "key";

type Step = fn(&Database) -> Result<(), Error>;

const STEPS: [Step; 1] = [first];

/// The number of the schema.
#[expect(clippy::cast_possible_truncation, reason = "an array of a handful of functions")]
pub const VERSION: u8 = STEPS.len() as u8;

fn first(database: &Database) -> Result<(), Error> {
    let records = database.create_object_store(RECORDS).build()?;
    records.create_index(LISTS, js::LISTS.into()).with_multi_entry(true).build()?;
    database.create_object_store(OUTBOX).with_auto_increment(true).build()?;
    database.create_object_store(KEY).build()?;
    Ok(())
}

/// Why a store is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was deleted: by a logout in another tab, or by a newer login.
    Deleted,
    /// A newer version of the app, in another tab, upgrades it: this page has to load anew.
    Upgraded,
    /// The browser closed it: the user cleared the site's data, or the disk failed.
    Lost,
}

/// Whether, and how, a connection has ended.
pub(crate) type End = Rc<Cell<Option<Ended>>>;

/// The names of all accounts on this device, without [`PREFIX`].
///
/// # Errors
/// Where the browser keeps no databases.
pub async fn accounts() -> Result<Vec<String>, StoreError> {
    let databases = DBFactory::new().map_err(js::open_error)?.databases().map_err(js::error)?;
    let databases = databases.await.map_err(js::error)?;
    let mut names: Vec<String> =
        databases.filter_map(|it| it.ok()?.name().strip_prefix(PREFIX).map(str::to_owned)).collect();
    names.sort();
    Ok(names)
}

/// Makes an account's database, or opens it where it is there. `None` where parts of it are missing, so that
/// nobody can work with it.
pub(crate) async fn create(account: &str) -> Result<Option<(Database, End)>, StoreError> {
    let database = Database::open(format!("{PREFIX}{account}")).with_version(VERSION);
    let database = database.with_on_upgrade_needed(|event: VersionChangeEvent, transaction| {
        upgrade(event.old_version(), transaction.db())
    });
    Ok(whole(database.await.map_err(js::open_error)?))
}

/// Opens an account's database. `None` where there is none: whoever hears of an account when it has just been
/// deleted must not bring it back; or where parts of it are missing.
pub(crate) async fn open(account: &str) -> Result<Option<(Database, End)>, StoreError> {
    let is_missing = Rc::new(Cell::new(false));
    let missing = Rc::clone(&is_missing);
    let database = Database::open(format!("{PREFIX}{account}")).with_version(VERSION);
    let database = database.with_on_upgrade_needed(move |event: VersionChangeEvent, transaction| {
        if event.old_version() == 0.0 {
            // An error would be thrown at the browser, which ends a worker for it.
            missing.set(true);
            return Ok(());
        }
        upgrade(event.old_version(), transaction.db())
    });
    let opened = whole(database.await.map_err(js::open_error)?);
    if is_missing.get() {
        delete(account).await?;
    }
    Ok(opened)
}

/// Takes a database through the steps that it lacks.
fn upgrade(version: f64, database: &Database) -> Result<(), Error> {
    let lacks = STEPS.iter().zip(1_u8..).filter(|(_, number)| version < f64::from(*number));
    lacks.map(|(step, _)| step).try_for_each(|step| step(database))
}

fn whole(database: Database) -> Option<(Database, End)> {
    let names: Vec<String> = database.object_store_names().collect();
    if [RECORDS, OUTBOX, KEY].iter().any(|name| !names.iter().any(|it| it == name)) {
        database.close();
        return None;
    }
    let end = End::default();
    let_go_when_asked(database.clone(), Rc::clone(&end));
    Some((database, end))
}

/// Deletes an account's database. Other tabs let go of it by themselves.
pub(crate) async fn delete(account: &str) -> Result<(), StoreError> {
    let deletion = Database::delete_by_name(&format!("{PREFIX}{account}")).map_err(js::open_error)?;
    deletion.await.map_err(js::error)
}

/// A database cannot be deleted or upgraded while a tab holds it: whoever is asked lets go.
fn let_go_when_asked(database: Database, end: End) {
    wasm_bindgen_futures::spawn_local(async move {
        let how = wait(&database).await;
        end.set(Some(how));
        database.close();
    });
}

/// Waits until the connection ends.
pub(crate) async fn wait(database: &Database) -> Ended {
    let Ok(mut changes) = database.version_changes() else { return std::future::pending().await };
    match changes.recv().await {
        Some(event) if event.new_version().is_none() => Ended::Deleted,
        Some(_) => Ended::Upgraded,
        None => Ended::Lost,
    }
}
