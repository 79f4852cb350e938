//! `tornister school import FOLDER`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use tornister_formats::school::{School, read_folder};

use super::Place;
use crate::{backend::embedded::EmbeddedSchool, database::Database, environment::Environment};

/// See the command's help.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The folder that holds school.toml.
    folder: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Fail when anything could not be read; what could be read is imported all the same.
    #[arg(long)]
    strict: bool,
}

impl Import {
    pub async fn run(self, environment: Environment) -> anyhow::Result<()> {
        let database = Database::open(&self.place.config()?.database).await?;
        let embedded = EmbeddedSchool::new(database.clone(), environment.clone());
        let (school, changed) = import(&embedded, &self.folder, &environment).await?;
        database.close().await;
        println!("{}", school.report);
        println!("{}: {changed} objects changed", school.profile.name);
        let errors = school.report.errors();
        if self.strict && errors > 0 {
            bail!("{errors} records could not be read; see above");
        }
        Ok(())
    }
}

/// Reads a folder and makes the database hold it.
pub async fn import(
    embedded: &EmbeddedSchool,
    folder: &Path,
    environment: &Environment,
) -> anyhow::Result<(School, i64)> {
    // Its text names the cause already; as a chain it would be said twice.
    let school = read_folder(folder, environment.clock.today()).map_err(|error| anyhow!("{error}"))?;
    if school.report.records.values().sum::<usize>() == 0 {
        bail!("nothing could be imported from {}:\n{}", folder.display(), school.report);
    }
    let changed = embedded.import(&school).await.context("the import was undone")?;
    Ok((school, changed))
}
