//! The commands.

mod import;
mod serve;
mod token;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::environment::Environment;

/// The school in a pupil's pocket: mail, homework, calendar and timetable, with or without network.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway.
    Serve(serve::Serve),
    /// Look after the embedded school.
    #[command(subcommand)]
    School(SchoolCommand),
    /// App passwords, with which other mail and calendar programs log in.
    #[command(subcommand)]
    Token(token::TokenCommand),
}

#[derive(Debug, Subcommand)]
enum SchoolCommand {
    /// Read a school's folder into the database. Doing it again changes only what has changed.
    Import(import::Import),
}

/// Where the database is, on every command.
#[derive(Debug, clap::Args)]
struct Place {
    /// The configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database; goes before the configuration's.
    #[arg(long, value_name = "FILE")]
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
        Command::School(SchoolCommand::Import(import)) => import.run(environment).await,
        Command::Token(command) => command.run(environment).await,
    }
}
