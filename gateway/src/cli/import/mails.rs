//! Mailboxes of any size: one thread reads, the other writes, a batch at a time. A batch is a transaction;
//! where the process dies, the next import goes on.

use std::path::PathBuf;

use anyhow::Context as _;
use tokio::sync::mpsc;
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
const BATCH_MAILS: usize = 1_000;
const BATCH_BYTES: usize = 16 * 1024 * 1024;

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
    while let Some(batch) = batches.recv().await {
        let imported = embedded.import_mails(logins, &batch, &profile.mail.parents_information).await;
        changed += imported.context("the import stopped; what was imported before stays")?;
        // Giving so much memory back takes a while.
        tokio::task::spawn_blocking(move || drop(batch));
    }
    Ok((changed, reading.await?))
}
