//! The commands.

mod backup;
mod import;
mod serve;
mod token;
mod user;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use crate::environment::Environment;

/// The school in a pupil's pocket: mail, homework, calendar and timetable, with or without network.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How the log is written.
    #[arg(long, value_enum, global = true, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log: LogFormat,
}

/// How the log is written, to standard error. `RUST_LOG` says how much of it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object for each line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway.
    Serve(serve::Serve),
    /// Save the whole database into one file, also while it is served.
    Backup(backup::Backup),
    /// Put a backup in the place of the database. Stop the gateway first.
    Restore(backup::Restore),
    /// Look at configuration, database, disk, permissions, time zone, certificate and profile.
    Doctor(backup::Doctor),
    /// Look after the people of the school.
    User(user::User),
    /// Look after the embedded school.
    #[command(subcommand)]
    School(SchoolCommand),
    /// App passwords, with which other mail and calendar programs log in.
    #[command(subcommand)]
    Token(token::TokenCommand),
}

#[derive(Debug, Subcommand)]
enum SchoolCommand {
    /// Read a school's files into the database. Doing it again changes only what has changed.
    Import(import::Import),
}

/// Where the database is, on every command.
#[derive(Debug, clap::Args)]
struct Place {
    /// The configuration.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// The database; goes before the configuration's.
    #[arg(long, value_name = "FILE", global = true)]
    database: Option<PathBuf>,
}

impl Place {
    fn config(&self) -> Result<crate::config::Config, crate::config::ConfigError> {
        let mut config = match &self.config {
            Some(path) => crate::config::Config::read(path)?,
            None => crate::config::Config::default(),
        };
        if let Some(database) = &self.database {
            config.database.clone_from(database);
        }
        Ok(config)
    }
}

/// Carries out a command.
///
/// # Errors
/// With words for the person at the terminal.
pub async fn run(cli: Cli, environment: Environment) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(serve) => serve.run(environment).await,
        Command::Backup(backup) => backup.run().await,
        Command::Restore(restore) => restore.run().await,
        Command::Doctor(doctor) => doctor.run(environment).await,
        Command::User(user) => user.run(environment).await,
        Command::School(SchoolCommand::Import(import)) => import.run(environment).await,
        Command::Token(command) => command.run(environment).await,
    }
}

/// Ctrl-C or SIGTERM. Where signals cannot be had, the process runs until it is killed.
async fn asked_to_stop() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => terminated.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}
