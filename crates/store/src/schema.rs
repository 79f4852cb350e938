//! Opening, upgrading, finding and deleting databases.

use indexed_db_futures::{
    database::{Database, VersionChangeEvent},
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

const VERSION: u8 = 1;

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

/// Opens an account's database, making it where it is not there.
pub(crate) async fn open(account: &str) -> Result<Database, StoreError> {
    let database = Database::open(format!("{PREFIX}{account}"))
        .with_version(VERSION)
        .with_on_upgrade_needed(|event: VersionChangeEvent, transaction| {
            let database = transaction.db();
            if event.old_version() < 1.0 {
                let records = database.create_object_store(RECORDS).build()?;
                records.create_index(LISTS, js::LISTS.into()).with_multi_entry(true).build()?;
                database.create_object_store(OUTBOX).with_auto_increment(true).build()?;
                database.create_object_store(KEY).build()?;
            }
            Ok(())
        })
        .await
        .map_err(js::open_error)?;
    close_when_another_tab_asks(database.clone());
    Ok(database)
}

/// Deletes an account's database. Other tabs let go of it by themselves.
pub(crate) async fn delete(account: &str) -> Result<(), StoreError> {
    let deletion = Database::delete_by_name(&format!("{PREFIX}{account}")).map_err(js::open_error)?;
    deletion.await.map_err(js::error)
}

/// A database cannot be deleted or upgraded while a tab holds it: whoever is asked lets go.
fn close_when_another_tab_asks(database: Database) {
    let Ok(mut changes) = database.version_changes() else { return };
    wasm_bindgen_futures::spawn_local(async move {
        if changes.recv().await.is_some() {
            database.close();
        }
    });
}
