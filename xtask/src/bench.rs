//! The budgets. The measuring itself is a program of `tests/`, which knows browsers, and one of `gateway/benches`.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};

use crate::{app, assemble, fingerprint, setup, shell, tools, workspace};

/// Builds what ships, measures it, and fails where a budget is broken.
pub fn all() -> Result<()> {
    setup::ensure(tools::FOR_TEST)?;
    app::build()?;
    app::build_gateway(true)?;
    let mut command = shell::cargo(["run", "--quiet", "--package", "tornister-tests", "--bin", "bench"]);
    command.env("TORNISTER_BIN", workspace::gateway("release"));
    command.env("TORNISTER_BENCH", workspace::target().join("bench"));
    command.env("TORNISTER_REFERENCE", build_reference()?);
    shell::run(&mut command)
}

/// Measures the gateway as it ships, with what the arguments name.
pub fn gateway(arguments: &[String]) -> Result<()> {
    app::build()?;
    let mut command = shell::cargo(["bench", "--package", "tornister", "--bench", "gateway", "--"]);
    command.args(arguments).arg("--save").arg(workspace::target().join("bench"));
    shell::run(&mut command)
}

/// The page of plain JavaScript that the app's start is compared with, finished as the app is.
fn build_reference() -> Result<PathBuf> {
    let (source, folder) = (workspace::root().join("tests/reference"), workspace::target().join("reference"));
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("clearing {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for file in fingerprint::files(&source)? {
        fs::copy(&file, folder.join(file.strip_prefix(&source)?))
            .with_context(|| format!("copying {}", file.display()))?;
    }
    assemble::finish(&folder)?;
    Ok(folder)
}
