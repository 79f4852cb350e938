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
        let restored = backup::restore(&database, &self.file).await?;
        let path = database.display();
        match restored.before {
            Some(before) => println!("{path}: restored; what was there before is {}", before.display()),
            None => println!("{path}: restored"),
        }
        if let Some((user, group)) = restored.should_belong_to {
            eprintln!(
                "tornister: {path} should belong to user {user} and does not, so the server may be unable to \
                 read it; run `chown {user}:{group} {path}` as root"
            );
        }
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
