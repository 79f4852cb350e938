//! `tornister school import PATH…`.
//!
//! - [`sort`]: what each path is. [`mails`]: mailboxes of any size, batch by batch. [`watch`]: a folder that
//!   stays live.

mod mails;
mod sort;
mod watch;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use serde::Serialize;
use serde_json::json;
use tornister_formats::{
    report::Report,
    school::{self, Owner, School, read_folder},
    untis::{ExportFile, Exports},
};

use super::Place;
use crate::{backend::embedded::EmbeddedSchool, database::Database, environment::Environment};
use sort::Item;

/// See the command's help.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// A school's folder (with school.toml), mail (.eml, mbox, Maildir), calendars (.ics), Untis exports
    /// (GPU001, GPU002, GPU014, GPU015, TIME with .TXT), or folders of these.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    place: Place,
    /// Fail when anything could not be read; what could be read is imported all the same.
    #[arg(long)]
    strict: bool,
    /// Report as JSON.
    #[arg(long)]
    json: bool,
    /// Go on and import again whenever something in the paths has changed and rests.
    #[arg(long)]
    watch: bool,
}

/// For whom single files are; a school's folder says so itself.
#[derive(Clone, Debug, clap::Args)]
struct Target {
    /// Mail and calendars are for this person.
    #[arg(long, value_name = "LOGIN", conflicts_with = "class")]
    user: Option<String>,
    /// Mail, calendars and homework are for this class.
    #[arg(long)]
    class: Option<String>,
    /// Mail goes into this folder, instead of the one that the file names.
    #[arg(long, value_name = "NAME")]
    folder: Option<String>,
}

impl Target {
    fn owner(&self) -> Owner {
        match (&self.user, &self.class) {
            (Some(login), _) => Owner::User(login.to_lowercase()),
            (None, Some(class)) => Owner::Class(class.clone()),
            (None, None) => Owner::School,
        }
    }
}

/// What an import did.
#[derive(Debug, Default, Serialize)]
struct Summary {
    changed: i64,
    #[serde(flatten)]
    report: Report,
    /// How many paths and schools could not be imported at all; the report says why.
    #[serde(skip)]
    failed: usize,
}

impl Import {
    pub async fn run(self, environment: Environment) -> anyhow::Result<()> {
        let database = Database::open(&self.place.config()?.database).await?;
        let embedded = EmbeddedSchool::new(database.clone(), environment.clone());
        let outcome = self.import_and_watch(&database, &embedded, &environment).await;
        database.close().await;
        outcome
    }

    async fn import_and_watch(
        &self,
        database: &Database,
        embedded: &EmbeddedSchool,
        environment: &Environment,
    ) -> anyhow::Result<()> {
        if !self.watch {
            let (report, outcome) = self.import_once(database, embedded, environment).await;
            println!("{report}");
            return outcome;
        }
        let mut told = None;
        watch::whenever_changed(&self.paths, async || {
            let (report, outcome) = self.import_once(database, embedded, environment).await;
            // What fails is tried again and again, and told when it is new.
            let failure = outcome.err().map(|error| (report.clone(), format!("{error:#}")));
            if failure.is_none() || failure != told {
                println!("{report}");
                if let Some((_, error)) = &failure {
                    // A broken file today must not end what watches over tomorrow's.
                    eprintln!("tornister: {error}; trying again until it succeeds");
                }
            }
            told = failure;
            told.is_none()
        })
        .await
    }

    /// Answers the report, whatever happened.
    async fn import_once(
        &self,
        database: &Database,
        embedded: &EmbeddedSchool,
        environment: &Environment,
    ) -> (String, anyhow::Result<()>) {
        let mut summary = Summary::default();
        let emptying = match database.write_much().await {
            Ok(emptying) => emptying,
            Err(error) => return (String::new(), Err(error.into())),
        };
        let outcome = self.import_paths(embedded, environment, &mut summary).await;
        emptying.end().await;
        let report = if self.json {
            format!("{:#}", json!(summary))
        } else {
            format!("{}\n{} objects changed", summary.report, summary.changed)
        };
        (report, outcome)
    }

    async fn import_paths(
        &self,
        embedded: &EmbeddedSchool,
        environment: &Environment,
        summary: &mut Summary,
    ) -> anyhow::Result<()> {
        let mut exports = Exports::new();
        for path in &self.paths {
            let Some(items) = sort::items(path, &mut summary.report) else {
                summary.failed += 1;
                continue;
            };
            for item in items {
                self.import_item(item, embedded, environment, &mut exports, summary).await?;
            }
        }
        if !exports.is_empty() {
            let imported = embedded.import_timetable(&exports).await?;
            summary.changed += imported.changed;
            summary.report.extend(imported.report);
        }
        if summary.failed > 0 {
            bail!("{} of the paths and schools could not be imported; see above", summary.failed);
        }
        if summary.report.records.values().sum::<usize>() == 0 {
            bail!("nothing could be imported; see above");
        }
        let errors = summary.report.errors();
        if self.strict && errors > 0 {
            bail!("{errors} records could not be read; see above");
        }
        Ok(())
    }

    async fn import_item(
        &self,
        item: Item,
        embedded: &EmbeddedSchool,
        environment: &Environment,
        exports: &mut Exports,
        summary: &mut Summary,
    ) -> anyhow::Result<()> {
        match item {
            Item::School(folder) => match import(embedded, &folder, environment).await {
                Ok((school, changed)) => {
                    summary.changed += changed;
                    summary.report.extend(school.report);
                }
                Err(error) => {
                    let message = format!("{error:#}; this school is not imported");
                    summary.report.error(&folder.display().to_string(), None, message);
                    summary.failed += 1;
                }
            },
            Item::Timetable(kind, path, bytes) => {
                exports.insert(kind, ExportFile { path, bytes });
            }
            Item::Calendar { path, key, bytes } => {
                let owner = self.target.owner();
                embedded.members(&owner).await?;
                let profile = embedded.profile().await?;
                let shift = profile.shift(environment.clock.today());
                let profile = profile.shifted(shift);
                let read = school::read_calendar(
                    &bytes,
                    (&path, &key),
                    &owner,
                    &profile,
                    shift,
                    &mut summary.report,
                );
                if !read.day_notes.is_empty() && owner != Owner::School {
                    summary.report.warn(
                        &path,
                        None,
                        "notes on days are for the whole school; they are shown to all",
                    );
                }
                if !read.tasks.is_empty() && owner == Owner::School {
                    summary.report.error(
                        &path,
                        None,
                        "homework is for a class; add --class or --user. Not read",
                    );
                }
                summary.changed += embedded.import_calendar(&read).await.context("the import was undone")?;
            }
            Item::Mail { path, name, kind } => {
                let logins = embedded.members(&self.target.owner()).await?;
                let profile = embedded.profile().await?;
                let source = mails::Source { path, name, kind, folder: self.target.folder.clone() };
                let (changed, report) = mails::import(embedded, source, &logins, &profile).await?;
                summary.changed += changed;
                summary.report.extend(report);
            }
        }
        Ok(())
    }
}

/// Reads a school's folder and makes the database hold it.
pub async fn import(
    embedded: &EmbeddedSchool,
    folder: &Path,
    environment: &Environment,
) -> anyhow::Result<(School, i64)> {
    // Its text names the cause already; as a chain it would be said twice.
    let mut school = read_folder(folder, environment.clock.today()).map_err(|error| anyhow!("{error}"))?;
    if school.report.records.values().sum::<usize>() == 0 {
        bail!("nothing could be imported from {}:\n{}", folder.display(), school.report);
    }
    let imported = embedded.import(&school).await.context("the import was undone")?;
    school.report.extend(imported.report);
    Ok((school, imported.changed))
}
