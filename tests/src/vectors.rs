//! Attacks that the tests of HTML cleaners ship: read from the sources of their packages.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// A piece of HTML that somebody tested a cleaner with.
#[derive(Clone, Debug, Deserialize)]
pub struct Vector {
    /// The file that it stands in.
    pub source: String,
    /// As it stands there.
    pub html: String,
}

/// All that may run, load or navigate, each text once.
pub fn all() -> Result<Vec<Vector>> {
    let corpora = std::env::var_os("TORNISTER_CORPORA").map(PathBuf::from).context(
        "TORNISTER_CORPORA names no folder: run `cargo xtask test`, or see `xtask/src/corpora.rs`",
    )?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("attacks/vectors.py");
    let output = Command::new("python3").arg(script).arg(corpora).output().context("starting Python 3")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("the vectors are no JSON")
}
