//! Others' input, made up by libFuzzer (`fuzz/`), for as long as somebody likes.
//!
//! No nightly compiler: the counters that libFuzzer watches are a pass of the stable one, and what a sanitizer
//! would find is left to Rust, since nothing of ours is `unsafe`.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result, ensure};

use crate::{app, setup, shell, tools::Tool, workspace};

/// One for each door that strangers' bytes come in by.
const TARGETS: [&str; 5] = ["request", "header", "mail", "ics", "gpu"];

/// Longer than this over one input is a finding, in seconds.
const TIMEOUT: u32 = 20;

/// Runs one target, or all one after the other, each for so many seconds. What it learns stays in `target/`,
/// and the next run begins with that.
pub fn run(target: Option<&str>, seconds: u32) -> Result<()> {
    if let Some(target) = target {
        ensure!(TARGETS.contains(&target), "no target {target}; there are {}", TARGETS.join(", "));
    }
    prepare()?;
    for target in TARGETS.into_iter().filter(|name| target.is_none_or(|target| target == *name)) {
        let learned = workspace::target().join("fuzz/corpus").join(target);
        println!("{target}");
        shell::run(&mut fuzz(target, learned, seconds)?)?;
    }
    Ok(())
}

/// Builds all targets at once.
fn prepare() -> Result<()> {
    setup::ensure(&[Tool::CargoFuzz])?;
    app::ensure_dist()?;
    shell::run(&mut cargo_fuzz("build"))
}

fn fuzz(target: &str, learned: PathBuf, seconds: u32) -> Result<Command> {
    fs::create_dir_all(&learned).with_context(|| format!("making {}", learned.display()))?;
    let words = workspace::root().join("fuzz/dictionaries").join(format!("{target}.dict"));
    let mut command = cargo_fuzz("run");
    // libFuzzer writes into the first folder and only reads the second.
    command.arg(target).arg(learned).arg(workspace::root().join("fuzz/corpus").join(target));
    command.args(["--", "-verbosity=0", "-print_final_stats=1"]);
    command.args([format!("-max_total_time={seconds}"), format!("-timeout={TIMEOUT}")]);
    command.arg(format!("-dict={}", words.display()));
    Ok(command)
}

fn cargo_fuzz(verb: &str) -> Command {
    let mut command = shell::cargo(["fuzz", verb, "--release", "--sanitizer", "none", "--target-dir"]);
    command.arg(workspace::target().join("fuzz"));
    command
}
