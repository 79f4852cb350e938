//! Mailboxes of any size: one thread reads, the other writes, a batch at a time. A batch is a transaction;
//! where the process dies, the next import goes on.

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use futures_util::FutureExt as _;
use tokio::{
    sync::mpsc,
    time::{interval, sleep},
};
use tornister_formats::{
    mime::Message,
    profile::Profile,
    report::Report,
    school::{
        MailItem,
        mail_files::{self, MailFile},
    },
};

use crate::backend::embedded::{EmbeddedSchool, import::Incoming};

/// So many mails, or so many bytes, are one transaction.
const BATCH_MAILS: usize = 2_048;
const BATCH_BYTES: usize = 32 * 1024 * 1024;

/// Other processes that want to write look ten times a second whether they may, and give up after some seconds: a
/// pupil's change is let in so often.
const REST_EVERY: Duration = Duration::from_millis(2_500);
const REST: Duration = Duration::from_millis(110);

/// Where mails come from.
pub struct Source {
    pub path: PathBuf,
    /// As reports name it.
    pub name: String,
    pub kind: MailFile,
    /// Goes before the folders that the file names.
    pub folder: Option<String>,
}

/// Adds all mails to those of these people; answers how many objects changed.
pub async fn import(
    embedded: &EmbeddedSchool,
    source: Source,
    logins: &[String],
    profile: &Profile,
) -> anyhow::Result<(i64, Report)> {
    let (sender, mut batches) = mpsc::channel::<Vec<Incoming>>(1);
    let reading = tokio::task::spawn_blocking(move || {
        let mut report = Report::default();
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let mut found = |mail: MailItem, read: Message| {
            bytes += mail.raw.len();
            batch.push(Incoming::of(mail, read));
            if batch.len() < BATCH_MAILS && bytes < BATCH_BYTES {
                return true;
            }
            bytes = 0;
            sender.blocking_send(std::mem::take(&mut batch)).is_ok()
        };
        let path = (source.path.as_path(), source.name.as_str());
        mail_files::read(path, source.kind, source.folder.as_deref(), &mut report, &mut found);
        // Nobody takes it where writing has failed, and that is told there.
        let _ = sender.blocking_send(batch);
        report
    });
    let mut changed = 0;
    let mut rest = interval(REST_EVERY);
    rest.tick().await;
    while let Some(batch) = batches.recv().await {
        let imported = embedded.import_mails(logins, &batch, &profile.mail.parents_information).await;
        changed += imported.context("the import stopped; what was imported before stays")?;
        // Giving so much memory back takes a while.
        tokio::task::spawn_blocking(move || drop(batch));
        if rest.tick().now_or_never().is_some() {
            sleep(REST).await;
            rest.reset();
        }
    }
    Ok((changed, reading.await?))
}
