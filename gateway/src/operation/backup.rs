//! Backups: the whole database, mail and all, of one moment, while it is served.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown},
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::lock::{Lock, LockError, folder, owner};
use crate::database;

/// What a database consists of: its name with these ends.
const FILES: [&str; 3] = ["", "-wal", "-shm"];
/// What else is made beside a database, by SQLite, [`Lock`] and [`restore`].
const BESIDE: [&str; 4] = ["-journal", ".lock", ".open.lock", ".part"];

/// Why there is no backup, or nothing was restored. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Nothing to save, or to restore from.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// Files.
    #[error("cannot write {path}: {1}. Is there room, and may tornister write there?", path = .0.display())]
    File(PathBuf, io::Error),
    /// A backup here would destroy the database.
    #[error("{} is the database's own; give the backup another name, best in another folder", .0.display())]
    Own(PathBuf),
    /// Not made by `tornister backup`, or damaged since.
    #[error("{path} is no backup that can be used: {1}. Take another one", path = .0.display())]
    Unusable(PathBuf, String),
    /// Made by a newer program.
    #[error("{} was made by a newer tornister; install that version, then restore", .0.display())]
    Newer(PathBuf),
    /// Somebody else has the database, or replaces it.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// The database.
    #[error("the database cannot be read: {0}. `tornister doctor` tells more")]
    Database(#[from] sqlx::Error),
}

/// What restoring a backup did.
#[derive(Debug)]
pub struct Restored {
    /// What was there before.
    pub before: Option<PathBuf>,
    /// User and group that the file should belong to, and does not: this user may not give it away.
    pub should_belong_to: Option<(u32, u32)>,
}

/// Saves the database into a file, which is there whole or not at all; an older one is replaced.
///
/// # Errors
/// See [`BackupError`].
pub async fn backup(database: &Path, file: &Path) -> Result<(), BackupError> {
    if !database.exists() {
        return Err(BackupError::Missing(database.to_owned()));
    }
    let part = file.with_added_extension("part");
    let wrong = |error| BackupError::File(part.clone(), error);
    if is_own(database, file).map_err(wrong)? || is_own(database, &part).map_err(wrong)? {
        return Err(BackupError::Own(file.to_owned()));
    }
    let _lock = Lock::share(database)?;
    make_private(&part).map_err(wrong)?;
    let saved = async {
        let mut connection = open(database).await?;
        sqlx::query("VACUUM INTO ?1").bind(part.to_string_lossy()).execute(&mut connection).await?;
        connection.close().await?;
        examine(&part).await
    };
    let saved = saved.await;
    if saved.is_err() {
        // What is left of it helps nobody; the error itself is told.
        let _ = fs::remove_file(&part);
    }
    saved?;
    replace(&part, file)
}

/// Puts a backup in the place of the database, which is kept beside it as `….before-restore`, or
/// `….before-restore-2` where that is taken.
///
/// # Errors
/// See [`BackupError`].
pub async fn restore(database: &Path, file: &Path) -> Result<Restored, BackupError> {
    if !file.exists() {
        return Err(BackupError::Missing(file.to_owned()));
    }
    let _lock = Lock::replace(database)?;
    examine(file).await?;
    let part = database.with_added_extension("part");
    let wrong = |error| BackupError::File(part.clone(), error);
    let mut copy = make_private(&part).map_err(wrong)?;
    io::copy(&mut File::open(file).map_err(wrong)?, &mut copy).map_err(wrong)?;
    // Devices may know changes that the backup does not: a new epoch makes them start anew.
    let mut connection = open(&part).await?;
    sqlx::query("UPDATE counter SET epoch = lower(hex(randomblob(8)))").execute(&mut connection).await?;
    connection.close().await?;
    let should_belong_to = give(&copy, database).map_err(wrong)?;
    empty_log(database).await;
    let before = set_aside(database)?;
    replace(&part, database)?;
    Ok(Restored { before, should_belong_to })
}

/// Writes what the log holds into the main file, as far as that can be done.
async fn empty_log(database: &Path) {
    let Ok(mut connection) = open(database).await else { return };
    // A damaged database refuses, and then its log is kept beside it. The connection is closed all the same:
    // one that ends later takes the log of the file that comes for its own.
    let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
    let _ = connection.close().await;
}

/// Moves what there is of a database to a name that nothing has, and answers the name.
fn set_aside(database: &Path) -> Result<Option<PathBuf>, BackupError> {
    let first = database.with_added_extension("before-restore");
    let is_taken = |name: &Path| FILES.iter().any(|end| with_end(name, end).symlink_metadata().is_ok());
    let mut kept = first.clone();
    let mut number = 1;
    while is_taken(&kept) {
        number += 1;
        kept = with_end(&first, &format!("-{number}"));
    }
    let is_there = database.exists();
    for end in FILES {
        let from = with_end(database, end);
        if from.exists() {
            replace(&from, &with_end(&kept, end))?;
        }
    }
    Ok(is_there.then_some(kept))
}

/// Gives a file to whom the database belongs; answers their user and group where that is refused.
fn give(file: &File, database: &Path) -> io::Result<Option<(u32, u32)>> {
    let (user, group) = owner(database)?;
    match fchown(file, Some(user), Some(group)) {
        // Another group makes no difference: it may do nothing with the file.
        Err(_) if file.metadata()?.uid() != user => Ok(Some((user, group))),
        _ => Ok(None),
    }
}

/// Whether this is a file of the database's own, by whatever path.
fn is_own(database: &Path, file: &Path) -> io::Result<bool> {
    let database = fs::canonicalize(database)?;
    let place = match fs::canonicalize(file) {
        Ok(place) => place,
        // What is not there yet has a folder that is.
        Err(_) => fs::canonicalize(folder(file))?.join(file.file_name().unwrap_or_default()),
    };
    Ok(FILES.iter().chain(&BESIDE).any(|end| with_end(&database, end) == place))
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Whether this is a whole database that this program can read.
async fn examine(file: &Path) -> Result<(), BackupError> {
    let unusable = |error: sqlx::Error| BackupError::Unusable(file.to_owned(), error.to_string());
    let mut connection = open(file).await.map_err(unusable)?;
    let check: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await.map_err(unusable)?;
    if check != "ok" {
        return Err(BackupError::Unusable(file.to_owned(), check));
    }
    let version: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut connection)
        .await
        .map_err(unusable)?;
    connection.close().await?;
    if version > database::newest_schema() { Err(BackupError::Newer(file.to_owned())) } else { Ok(()) }
}

async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(database::PATIENCE);
    options.disable_statement_logging().connect().await
}

/// An empty file that only its owner may read, for writing.
fn make_private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Gives a file its name once its bytes are on the disk.
fn replace(from: &Path, to: &Path) -> Result<(), BackupError> {
    let moved = || -> io::Result<()> {
        File::open(from)?.sync_all()?;
        fs::rename(from, to)?;
        File::open(folder(to))?.sync_all()
    };
    moved().map_err(|error| BackupError::File(to.to_owned(), error))
}
