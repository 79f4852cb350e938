//! Backups: the whole database, mail and all, of one moment, while it is served.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::lock::{Lock, LockError};
use crate::database;

/// Why there is no backup, or nothing was restored. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Nothing to save, or to restore from.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// Files.
    #[error("cannot write {path}: {1}. Is there room, and may tornister write there?", path = .0.display())]
    File(PathBuf, io::Error),
    /// Not made by `tornister backup`, or damaged since.
    #[error("{path} is no backup that can be used: {1}. Take another one", path = .0.display())]
    Unusable(PathBuf, String),
    /// Made by a newer program.
    #[error("{} was made by a newer tornister; install that version, then restore", .0.display())]
    Newer(PathBuf),
    /// Somebody serves the database.
    #[error(transparent)]
    Running(#[from] LockError),
    /// The database.
    #[error("the database cannot be read: {0}. `tornister doctor` tells more")]
    Database(#[from] sqlx::Error),
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

/// Puts a backup in the place of the database, which is kept beside it as `….before-restore`.
///
/// # Errors
/// See [`BackupError`].
pub async fn restore(database: &Path, file: &Path) -> Result<(), BackupError> {
    if !file.exists() {
        return Err(BackupError::Missing(file.to_owned()));
    }
    let _lock = Lock::take(database)?;
    examine(file).await?;
    let part = database.with_added_extension("part");
    let wrong = |error| BackupError::File(part.clone(), error);
    make_private(&part).map_err(wrong)?;
    fs::copy(file, &part).map_err(wrong)?;
    // Devices may know changes that the backup does not: a new epoch makes them start anew.
    let mut connection = open(&part).await?;
    sqlx::query("UPDATE counter SET epoch = lower(hex(randomblob(8)))").execute(&mut connection).await?;
    connection.close().await?;
    if database.exists() {
        // Its log holds what the main file lacks.
        let mut connection = open(database).await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
        connection.close().await?;
        replace(database, &database.with_added_extension("before-restore"))?;
    }
    for log in ["-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(log);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::File(name.into(), error));
            }
            _ => {}
        }
    }
    replace(&part, database)
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

/// An empty file that only its owner may read.
fn make_private(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    Ok(())
}

/// Gives a file its name once its bytes are on the disk.
fn replace(from: &Path, to: &Path) -> Result<(), BackupError> {
    let moved = || -> io::Result<()> {
        File::open(from)?.sync_all()?;
        fs::rename(from, to)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    moved().map_err(|error| BackupError::File(to.to_owned(), error))
}
