//! The binary `tornister`: see the library for the floor plan.

use std::process::ExitCode;

use clap::Parser as _;
use tornister::{
    cli::{self, Cli, LogFormat},
    environment::Environment,
};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    // What a school's database, backups and locks hold is for their owner alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match cli.log {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    match cli::run(cli, Environment::system()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tornister: {error:#}");
            ExitCode::FAILURE
        }
    }
}
