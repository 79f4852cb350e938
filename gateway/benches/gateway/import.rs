//! Mails come in: the whole command, from an mbox to a database with lists, threads and counters, against SQLite
//! that takes the same bytes into one table. Then how long the server needs until a search finds all of them.

use anyhow::Result;
use rusqlite::Connection;

use crate::{
    clock::Stopwatch,
    mails::{self, Mix},
    report::{Budget, Report},
    school::{School, login},
    search,
    server::Cores,
    wire,
};

const REPEATED: usize = 3;
/// So many mails are one transaction.
const BATCH: usize = 1000;

/// The best of a few runs of each, in turn.
pub async fn measure(report: &mut Report, count: usize) -> Result<()> {
    for (mix, count, what, budget) in [
        (Mix::Mixed, count, "mails of all kinds", Some(0.5)),
        (Mix::Plain, count / 10, "short plain mails", None),
    ] {
        let mails = mails::mails(count, mix);
        let (mut ours, mut bare) = (f64::INFINITY, f64::INFINITY);
        let mut school = School::new(1)?;
        for _ in 0..REPEATED {
            bare = bare.min(insert(&mails)?);
            school = School::new(1)?;
            ours = ours.min(school.import_mails(&mails, &["--user", &login(0)])?);
        }
        let found = until_found(&school).await?;
        let count = f64::from(u32::try_from(count)?);
        let bytes: usize = mails.iter().map(Vec::len).sum();
        let name = format!("import {count} {what}, {} kB each", bytes / mails.len().max(1) / 1000);
        match budget {
            Some(least) => {
                report.judge(&name, "/s", count / ours, count / bare, Budget::RatioAtLeast(least));
            }
            None => report.compare(&name, "/s", count / ours, count / bare),
        }
        report.tell("  until a search finds them, beside the import", "s", found);
    }
    Ok(())
}

/// Seconds of a server on all cores whose pupil searches at once.
async fn until_found(school: &School) -> Result<f64> {
    let server = school.serve(Cores::All)?;
    let watch = Stopwatch::start();
    let mut connection = wire::Connection::open(server.address).await?;
    search::searcher(&mut connection, &server, 0).await?;
    Ok(watch.seconds())
}

/// Seconds, as somebody would write it who knows SQLite: a prepared statement, batches, the same safety.
fn insert(mails: &[Vec<u8>]) -> Result<f64> {
    let home = tempfile::TempDir::with_prefix("tornister-bench-")?;
    let watch = Stopwatch::start();
    let mut database = Connection::open(home.path().join("bare.db"))?;
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE mail (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
    )?;
    for batch in mails.chunks(BATCH) {
        let transaction = database.transaction()?;
        {
            let mut insert = transaction.prepare("INSERT INTO mail (bytes) VALUES (?1)")?;
            for mail in batch {
                insert.execute([mail])?;
            }
        }
        transaction.commit()?;
    }
    drop(database);
    Ok(watch.seconds())
}
