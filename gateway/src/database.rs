//! The one SQLite file: opened, brought to the newest schema, and lent for reading or writing. [`news`]: who is
//! told of what was written. [`emptying`]: who empties the log meanwhile, where much is.

pub mod emptying;
pub mod news;

use std::{path::Path, sync::Arc, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use tokio::sync::watch;

use crate::{
    backend::BackendError,
    operation::lock::{Lock, LockError},
};
use emptying::Emptying;
use news::{Concerned, News};

/// How long somebody waits for another process's write, and for a free connection.
pub const PATIENCE: Duration = Duration::from_secs(5);
const READERS: u32 = 8;
/// KiB as SQLite writes them, at most and only while something large is written: an import meets many pages again and
/// again, and would write each many times.
const WRITER_CACHE: &str = "-65536";

/// Bytes of a page, in databases that are made from now on: most mails take several of SQLite's own size, each a write
/// of its own.
const PAGE: u32 = 8_192;

/// So many pages may wait in the log before a writer writes them into the main file itself, where much is written:
/// 256 MiB.
const MUCH: u32 = 32_768;

static MIGRATOR: Migrator = sqlx::migrate!();

/// The number of the newest schema that this program knows.
#[must_use]
pub fn newest_schema() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none, and this is not the moment to make one.
    #[error(
        "there is no database {path}; name the right one with --config or --database, or make it with \
         `tornister school import FOLDER`"
    )]
    Missing {
        /// Where it was looked for.
        path: String,
    },
    /// Somebody replaces it.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// Its folder cannot be made.
    #[error("cannot make the folder of the database {path}: {reason}")]
    Folder {
        /// Of the database.
        path: String,
        /// Why.
        reason: std::io::Error,
    },
    /// It cannot be opened or is no database.
    #[error("cannot open the database {path}: {reason}. Is it writable, and a file that tornister made?")]
    Open {
        /// Of the database.
        path: String,
        /// Why.
        reason: sqlx::Error,
    },
    /// Its schema cannot be brought up to date.
    #[error("cannot bring the database {path} up to date: {reason}. A newer tornister may have written it")]
    Migrate {
        /// Of the database.
        path: String,
        /// Why.
        reason: sqlx::migrate::MigrateError,
    },
}

/// The database. Cheap to clone.
///
/// - Writers queue on one connection, so nobody starves and nobody meets SQLITE_BUSY within the process.
/// - Readers never wait for writers (write-ahead log); a read transaction sees one moment.
/// - As long as any clone lives, nobody puts a backup in the file's place.
#[derive(Clone)]
pub struct Database {
    readers: SqlitePool,
    writer: SqlitePool,
    epoch: Arc<str>,
    news: Arc<News>,
    _lock: Arc<Lock>,
}

impl Database {
    /// Opens a file that is there already.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_existing(path: &Path) -> Result<Self, OpenError> {
        // Where nobody can tell whether it is there, opening it says why.
        if matches!(path.try_exists(), Ok(false)) {
            return Err(OpenError::Missing { path: path.display().to_string() });
        }
        Self::open(path).await
    }

    /// Opens the file, or makes it and its folder.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let name = || path.display().to_string();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|reason| OpenError::Folder { path: name(), reason })?;
        }
        let lock = Lock::share(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .page_size(PAGE)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit that was answered outlives a power cut: a state that a phone has seen must not come to
            // mean something else.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let pool = |connections: u32| {
            // A connection to a file does not break, and asking it whether it has costs as much as a query.
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(PATIENCE)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let opened = |reason| OpenError::Open { path: name(), reason };
        let writing = options.clone().pragma("cache_size", WRITER_CACHE).pragma("temp_store", "memory");
        let writer = pool(1).connect_with(writing).await;
        let writer = writer.map_err(opened)?;
        MIGRATOR.run(&writer).await.map_err(|reason| OpenError::Migrate { path: name(), reason })?;
        let (epoch, modseq): (String, i64) =
            sqlx::query_as("SELECT epoch, modseq FROM counter").fetch_one(&writer).await.map_err(opened)?;
        let readers = pool(READERS).connect_with(options.read_only(true)).await.map_err(opened)?;
        let news = Arc::new(News::since(modseq));
        Ok(Self { readers, writer, epoch: epoch.into(), news, _lock: Arc::new(lock) })
    }

    /// Differs from that of every other database.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Tells those whom it concerns that the changes after `before` and up to `modseq` can be read.
    pub fn announce(&self, before: i64, modseq: i64, concerned: Concerned) {
        self.news.announce(before, modseq, concerned);
    }

    /// Moves after each change of any object, by this process or found by [`Database::look_around`].
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<i64> {
        self.news.newest()
    }

    /// The number of the last change that may concern who sees these scopes.
    #[must_use]
    pub fn touched(&self, scopes: &[String]) -> i64 {
        self.news.touched(scopes)
    }

    /// Looks whether another process has changed anything.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn look_around(&self) -> Result<(), BackendError> {
        let mut glance = self.glance().await?;
        let modseq = sqlx::query_scalar("SELECT modseq FROM counter").fetch_one(&mut *glance).await?;
        self.announce(modseq, modseq, Concerned::Everybody);
        Ok(())
    }

    /// Lends a view of one moment.
    ///
    /// # Errors
    /// [`BackendError::Unavailable`] where all connections stay busy.
    pub async fn read(&self) -> Result<Transaction<'static, Sqlite>, BackendError> {
        Ok(self.readers.begin().await?)
    }

    /// Lends a connection for one statement, which sees one moment by itself.
    ///
    /// # Errors
    /// [`BackendError::Unavailable`] where all connections stay busy.
    pub async fn glance(&self) -> Result<PoolConnection<Sqlite>, BackendError> {
        Ok(self.readers.acquire().await?)
    }

    /// Lends the right to write, to one at a time. Dropping it undoes everything.
    ///
    /// # Errors
    /// [`BackendError::Unavailable`] where another process keeps writing.
    pub async fn write(&self) -> Result<Transaction<'static, Sqlite>, BackendError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Tells that much is about to be written, until the answer is told to end. Other processes go on as before.
    ///
    /// # Errors
    /// See [`BackendError`].
    pub async fn write_much(&self) -> Result<Emptying, BackendError> {
        let mut writer = self.writer.acquire().await?;
        let later = sqlx::AssertSqlSafe(format!("PRAGMA wal_autocheckpoint = {MUCH}"));
        sqlx::query(later).execute(&mut *writer).await?;
        Ok(Emptying::begin(self.writer.connect_options().as_ref().clone()))
    }

    /// Writes everything into the main file and lets go of it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
