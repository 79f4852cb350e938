//! SQLite writes each page twice: into its log, and later from there into the main file. Where much is written,
//! the second happens beside the first, by a connection of its own, and the writer seldom waits for it.

use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{sync::oneshot, task::JoinHandle, time};

/// How often the log is emptied, as far as nobody reads it.
const EVERY: Duration = Duration::from_millis(100);

/// Somebody who empties the log.
pub struct Emptying {
    end: oneshot::Sender<()>,
    work: JoinHandle<()>,
}

impl Emptying {
    /// Begins.
    pub(super) async fn begin(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let connection = options.connect().await?;
        let (end, ended) = oneshot::channel();
        Ok(Self { end, work: tokio::spawn(empty(connection, ended)) })
    }

    /// Ends, and lets go of the file.
    pub async fn end(self) {
        // It has ended already where its connection broke.
        let _ = self.end.send(());
        let _ = self.work.await;
    }
}

async fn empty(mut connection: SqliteConnection, mut ended: oneshot::Receiver<()>) {
    let mut interval = time::interval(EVERY);
    loop {
        tokio::select! {
            _ = &mut ended => break,
            _ = interval.tick() => {}
        }
        // Only a help: what it cannot do, the writer does.
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await {
            tracing::warn!(%error, "emptying the database's log failed");
            break;
        }
    }
    let _ = connection.close().await;
}
