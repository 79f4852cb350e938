//! `tornister user import FILE.csv`.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use tornister_formats::{report::Report, roster};

use crate::backend::embedded::{EmbeddedSchool, people::Outcome};

/// Larger lists than any school has.
const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// See the command's help.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// A list with a heading such as Vorname;Nachname;Klasse. Separator and encoding are found out.
    file: PathBuf,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub async fn run(self, embedded: &EmbeddedSchool) -> anyhow::Result<()> {
        let path = self.file.display().to_string();
        let size = std::fs::metadata(&self.file).with_context(|| format!("cannot read {path}"))?.len();
        if size > MAX_BYTES {
            bail!("{path} has {size} bytes, and a list at most {MAX_BYTES}");
        }
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {path}"))?;
        let mut report = Report::default();
        let rows = roster::read(&bytes, &path, &mut report);
        let enrolments = embedded.enrol(&rows, self.dry_run).await?;
        let (mut added, mut changed) = (0, 0);
        for enrolment in &enrolments {
            let login = &enrolment.login;
            let what = match &enrolment.outcome {
                Outcome::Added(Some(password)) => format!("added; first password {}", password.reveal()),
                Outcome::Added(None) => "would be added".to_owned(),
                Outcome::Changed(before) if self.dry_run => format!("would be changed; was {before}"),
                Outcome::Changed(before) => format!("changed; was {before}"),
                Outcome::Unchanged => "unchanged".to_owned(),
                Outcome::Refused(why) => {
                    report.error(&path, Some(enrolment.line), why);
                    continue;
                }
            };
            added += usize::from(matches!(enrolment.outcome, Outcome::Added(_)));
            changed += usize::from(matches!(enrolment.outcome, Outcome::Changed(_)));
            println!("{path}:{}: {login}: {what}", enrolment.line);
        }
        for finding in &report.findings {
            println!("{finding}");
        }
        let would = if self.dry_run { "would be " } else { "" };
        println!("{} people read, {added} {would}added, {changed} {would}changed", enrolments.len());
        match report.errors() {
            0 => Ok(()),
            errors => bail!("{errors} rows were left out; see above"),
        }
    }
}
