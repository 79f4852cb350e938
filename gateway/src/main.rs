//! The binary `tornister`: see the library for the floor plan.

use std::process::ExitCode;

use clap::Parser as _;
use tornister::{cli, environment::Environment};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match cli::run(cli::Cli::parse(), Environment::system()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tornister: {error:#}");
            ExitCode::FAILURE
        }
    }
}
