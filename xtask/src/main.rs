//! `cargo xtask`: everything that is to be done with this repository, the same here and in CI.
//!
//! Floor plan:
//! - [`tools`]: the pinned tools, where each is found, how each is installed; [`setup`] installs
//!   what a command needs and is missing. [`corpora`]: others' test data.
//! - [`app`]: builds the app with Trunk, and only where its inputs changed; [`assemble`] is the
//!   last step: no inline script, the service worker's list, brotli.
//! - [`serve`]: `build`, `run` and `dev`. [`check`]: what needs no running. [`suites`]: all tests, summed up
//!   by [`tally`]. [`fuzz`]: what others may send. [`mod@bench`]: the budgets.
//! - [`workspace`]: the places. [`shell`]: child processes.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod app;
mod assemble;
mod bench;
mod check;
mod corpora;
mod fingerprint;
mod fuzz;
mod serve;
mod setup;
mod shell;
mod suites;
mod tally;
mod tools;
mod workspace;

/// What CI runs, locally.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install every tool that building, checking and testing need.
    Setup,
    /// Build the one binary that a school runs: `target/release/tornister`, the app inside.
    Build {
        /// Build only the app, into `dist/`.
        #[arg(long)]
        app_only: bool,
    },
    /// Build everything and serve the demo school.
    Run {
        /// Where to listen, on this machine only.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Serve the demo school with live reload: the page builds again with each change.
    Dev,
    /// Format, lints, documentation, licences.
    Check,
    /// Build everything and run all tests, those in browsers too.
    Test,
    /// Make up what others send, and see that nothing breaks.
    Fuzz {
        /// One of `request`, `header`, `mail`, `ics`, `gpu`; all of them where it is left out.
        target: Option<String>,
        /// For how long, each.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Measure against the budgets: bytes, start, sync, lists, memory; or the gateway alone.
    Bench {
        /// Only these, such as `sync scroll`, or `gateway import`; `sealing` and `gateway` run only where they
        /// are named.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        names: Vec<String>,
    },
}

fn main() -> ExitCode {
    // Not by returning the error: its backtrace would push the message off the screen.
    match perform(&Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: &Task) -> anyhow::Result<()> {
    match task {
        Task::Setup => setup::ensure(tools::ALL),
        Task::Build { app_only } => serve::build(*app_only),
        Task::Run { port } => serve::run(*port),
        Task::Dev => serve::dev(),
        Task::Check => check::all(),
        Task::Test => suites::all(),
        Task::Fuzz { target, seconds } => fuzz::run(target.as_deref(), *seconds),
        Task::Bench { names } => bench::run(names),
    }
}
