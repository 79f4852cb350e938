//! `cargo xtask bench`: three promises, each measured with its reference in the same run.
//!
//! - [`bytes`]: what a phone loads before Heute is there.
//! - [`start`]: how long the app takes to show Heute without a network, against a page of plain
//!   JavaScript that the same kind of service worker serves.
//! - [`delta`]: what it costs to learn that nothing is new.
//!
//! Prints a table, writes `bench.json`, and fails where a budget is broken. Times differ from machine
//! to machine; only ratios have a budget.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use report::Report;

mod bytes;
mod delta;
mod meter;
mod phone;
mod report;
mod start;

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
    bytes::measure(&mut report).await.context("bytes")?;
    delta::measure(&mut report).await.context("empty delta")?;
    start::measure(&mut report).await.context("cold start")?;
    println!("{report}");
    report.save(&folder)?;
    Ok(report.holds())
}
