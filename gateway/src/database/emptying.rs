//! SQLite writes each page twice: into its log, and later from there into the main file. Where much is written,
//! the second happens beside the first, by a connection of its own, and the writer seldom waits for it.

use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{self, MissedTickBehavior},
};

/// How often the log is emptied, as far as nobody reads it.
const EVERY: Duration = Duration::from_millis(200);

/// Somebody who empties the log.
pub struct Emptying {
    end: oneshot::Sender<()>,
    work: JoinHandle<()>,
}

impl Emptying {
    /// Begins.
    pub(super) fn begin(options: SqliteConnectOptions) -> Self {
        let (end, ended) = oneshot::channel();
        let work = async move {
            // Only a help: what it cannot do, the writer does.
            if let Err(error) = empty(&options, ended).await {
                tracing::warn!(%error, "emptying the database's log failed");
            }
        };
        Self { end, work: tokio::spawn(work) }
    }

    /// Ends, and lets go of the file.
    pub async fn end(self) {
        // It has ended already where its connection broke.
        let _ = self.end.send(());
        let _ = self.work.await;
    }
}

async fn empty(options: &SqliteConnectOptions, mut ended: oneshot::Receiver<()>) -> sqlx::Result<()> {
    // That it takes a while is no news.
    let mut connection = options.clone().disable_statement_logging().connect().await?;
    let mut interval = time::interval(EVERY);
    // Between two turns the writer finds the log free, and begins it anew once it is empty.
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = &mut ended => break,
            _ = interval.tick() => {}
        }
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await?;
    }
    connection.close().await
}
