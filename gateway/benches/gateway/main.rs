//! `cargo xtask bench gateway [PART…]`: what the gateway promises, each number with its reference in the same
//! run. Times differ from machine to machine; ratios carry over.
//!
//! - [`import`]: mails against bare SQLite. [`search`]: words in 20,000 mails.
//! - [`logins`]: a thousand at once against Argon2. [`delta`]: requests a second and [`idle`]: memory, against a
//!   bare axum handler ([`mod@reference`]). [`durable`]: what waiting for the disk costs.
//! - [`school`], [`mails`]: what is served. [`server`]: processes on cores. [`wire`], [`load`]: who asks.
//! - [`report`]: the table. [`clock`]: the time.
//!
//! `--mails N` and `--sessions N` change how much there is. The process fails where a budget is broken.

mod clock;
mod delta;
mod durable;
mod idle;
mod import;
mod load;
mod logins;
mod mails;
mod reference;
mod report;
mod school;
mod search;
mod server;
mod wire;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use report::Report;
use school::School;
use server::Cores;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Import,
    Search,
    Logins,
    Delta,
    Idle,
    Durable,
}

/// What to measure.
#[derive(Parser)]
struct Arguments {
    /// All, where none is named.
    parts: Vec<Part>,
    /// How many mails are imported; a tenth of them where all are short.
    #[arg(long, default_value_t = 100_000)]
    mails: usize,
    /// How many mails are searched.
    #[arg(long, default_value_t = 20_000)]
    searched: usize,
    /// How many pupils are there.
    #[arg(long, default_value_t = 1_000)]
    sessions: usize,
    /// Where the results go as JSON.
    #[arg(long, default_value = "target/bench")]
    save: PathBuf,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
    /// Be the reference instead: the files of an answer's head and body.
    #[arg(long, hide = true, num_args = 2)]
    reference: Option<Vec<String>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// True where all budgets hold.
async fn run(arguments: Arguments) -> Result<bool> {
    if let Some([head, body]) = arguments.reference.as_deref() {
        reference::serve(head, body).await?;
        return Ok(true);
    }
    let wants = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    let mut report = Report::default();
    if wants(Part::Import) {
        import::measure(&mut report, arguments.mails).await.context("import")?;
    }
    server::bind(Cores::Others)?;
    if wants(Part::Search) {
        search::measure(&mut report, arguments.searched).await.context("search")?;
    }
    if wants(Part::Durable) {
        durable::measure(&mut report).await.context("durable")?;
    }
    if [Part::Logins, Part::Delta, Part::Idle].into_iter().any(wants) {
        let school = School::new(arguments.sessions)?;
        let sessions = logins::measure(&mut report, &school, arguments.sessions).await.context("logins")?;
        if wants(Part::Delta) {
            delta::measure(&mut report, &school, &sessions).await.context("delta")?;
        }
        if wants(Part::Idle) {
            idle::measure(&mut report, &school, &sessions).await.context("idle")?;
        }
    }
    println!("{report}");
    report.save(&arguments.save)?;
    Ok(report.holds())
}
