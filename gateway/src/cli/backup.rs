//! `tornister backup`, `tornister restore` and `tornister doctor`.

use std::path::PathBuf;

use anyhow::bail;

use super::Place;
use crate::{
    environment::Environment,
    operation::{
        backup,
        doctor::{self, Level},
    },
};

/// See the command's help.
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// The backup; an older one of this name is replaced once the new one is whole.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// See the command's help.
#[derive(Debug, clap::Args)]
pub struct Restore {
    /// A backup.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// See the command's help.
#[derive(Debug, clap::Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
}

impl Backup {
    pub async fn run(self) -> anyhow::Result<()> {
        backup::backup(&self.place.config()?.database, &self.file).await?;
        println!("{}: saved and checked", self.file.display());
        Ok(())
    }
}

impl Restore {
    pub async fn run(self) -> anyhow::Result<()> {
        let database = self.place.config()?.database;
        backup::restore(&database, &self.file).await?;
        let old = database.with_added_extension("before-restore");
        println!("{}: restored; what was there before is {}", database.display(), old.display());
        Ok(())
    }
}

impl Doctor {
    pub async fn run(self, environment: Environment) -> anyhow::Result<()> {
        let config = self.place.config()?;
        let findings = doctor::examine(&config, environment.clock.as_ref()).await;
        findings.iter().for_each(|finding| println!("{finding}"));
        let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
        if errors > 0 {
            bail!("{errors} things do not work; see above");
        }
        Ok(())
    }
}
