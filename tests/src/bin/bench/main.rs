//! `cargo xtask bench`: promises, each measured with its reference in the same run. `cargo xtask bench
//! sync scroll` measures these two only.
//!
//! - [`bytes`]: what a phone loads before Heute is there.
//! - [`start`]: how long the app takes to show Heute without a network, against a page of plain
//!   JavaScript that the same kind of service worker serves.
//! - [`delta`]: what it costs to learn that nothing is new.
//! - [`sync`]: a first sync of 5,000 mails, against plain JavaScript that gets the same answers.
//! - [`post`]: opening Post with 5,000 and 50,000 mails. [`scroll`]: a thousand rows of it.
//! - [`changes`]: a hundred changes at once. [`memory`]: what a tab takes while it syncs.
//!
//! [`career`] is where so many mails come from, [`tape`] keeps the server's time out of all three.
//!
//! Prints a table, writes `bench.json`, and fails where a budget is broken. Times differ from machine
//! to machine; only ratios have a budget.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use report::Report;

mod bytes;
mod career;
mod changes;
mod delta;
mod memory;
mod meter;
mod phone;
mod post;
mod report;
mod school;
mod scroll;
mod start;
mod sync;
mod tape;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match measure().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// True where all budgets hold.
async fn measure() -> Result<bool> {
    let folder = PathBuf::from(std::env::var_os("TORNISTER_BENCH").context("call `cargo xtask bench`")?);
    let mut report = Report::default();
    for bench in asked()? {
        bench.measure(&mut report).await.with_context(|| bench.name())?;
    }
    println!("{report}");
    report.save(&folder)?;
    Ok(report.holds())
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bench {
    Bytes,
    Delta,
    Start,
    Sync,
    Post,
    Scroll,
    Changes,
    Memory,
}

impl Bench {
    const ALL: [Self; 8] = [
        Self::Bytes,
        Self::Delta,
        Self::Start,
        Self::Sync,
        Self::Post,
        Self::Scroll,
        Self::Changes,
        Self::Memory,
    ];

    /// As it is asked for.
    fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Delta => "delta",
            Self::Start => "start",
            Self::Sync => "sync",
            Self::Post => "post",
            Self::Scroll => "scroll",
            Self::Changes => "changes",
            Self::Memory => "memory",
        }
    }

    async fn measure(self, report: &mut Report) -> Result<()> {
        match self {
            Self::Bytes => bytes::measure(report).await,
            Self::Delta => delta::measure(report).await,
            Self::Start => start::measure(report).await,
            Self::Sync => sync::measure(report).await,
            Self::Post => post::measure(report).await,
            Self::Scroll => scroll::measure(report).await,
            Self::Changes => changes::measure(report).await,
            Self::Memory => memory::measure(report).await,
        }
    }
}

/// The benches that the arguments name; all, where they name none.
fn asked() -> Result<Vec<Bench>> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() {
        return Ok(Bench::ALL.to_vec());
    }
    let known = || Bench::ALL.map(Bench::name).join(", ");
    let bench = |name: &String| {
        let bench = Bench::ALL.into_iter().find(|bench| bench.name() == name);
        bench.with_context(|| format!("there is no bench `{name}`, only {}", known()))
    };
    names.iter().map(bench).collect()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}
